//! The keys of files, steps and handlers.

use super::{Kinds, Param, TEXT_OR_NUMBER, TEXT_OR_OBJECT};

/// The keys of a run script.
pub(crate) const FILE_KEYS: &[Param] = &[
    Param::new("run", Kinds::ARRAY, "The steps, in order.").required(),
    Param::new(
        "daemon",
        Kinds::ANY,
        "Whether the script stays up after its last step.",
    ),
    Param::text(
        "supervision",
        "What the death of a daemon means for the others of the script: `one_for_one` (nothing, also when absent), `rest_for_one` (those that depend on it, directly or not, are ended and started again after it) or `one_for_all` (all are). Anything else is an error.",
    ),
    Param::text(
        "dialect",
        "`pinokio` or `vatn`: which reading counts where they differ.",
    ),
    Param::new(
        "version",
        TEXT_OR_NUMBER,
        "The version of the format it was written for.",
    ),
    Param::text("title", "A title."),
    Param::text("description", "What it is."),
    Param::text("icon", "A picture."),
    Param::new(
        "on",
        Kinds::OBJECT,
        "`stop`: one step that runs when the script ends.",
    ),
    Param::new(
        "pre",
        Kinds::ARRAY,
        "Variables the script wants before it starts.",
    ),
    Param::new("env", Kinds::ARRAY, "As `pre`, which wins."),
    Param::new(
        "requires",
        Kinds::ARRAY.or(Kinds::OBJECT),
        "Programs the script wants.",
    ),
];

/// The keys of a step.
pub(crate) const STEP_KEYS: &[Param] = &[
    Param::text("method", "What the step does.").required(),
    Param::new("params", Kinds::ANY, "What it does it with."),
    Param::text(
        "id",
        "Its label: where `next` and `jump` lead; in the VATN dialect the variable that keeps its output.",
    ),
    Param::new("when", Kinds::ANY, "Whether it runs."),
    Param::new(
        "next",
        Kinds::STRING.or(Kinds::NUMBER).or(Kinds::NULL),
        "What comes after it: an index, an id, or null for the end.",
    ),
    Param::text(
        "uri",
        "The JavaScript module that `method` is a function of.",
    ),
    Param::new(
        "returns",
        TEXT_OR_OBJECT,
        "Where the result is kept: `local.name` or `global.name`.",
    ),
    Param::new(
        "notify",
        Kinds::BOOL.or(Kinds::OBJECT),
        "Tell the user when it is done.",
    ),
    Param::flag(
        "queue",
        "Wait for its turn: of the steps of one method that ask for it, one runs at a time, over all scripts.",
    ),
];

/// The keys of an `on` handler.
pub(crate) const HANDLER_KEYS: &[Param] = &[
    Param::new(
        "event",
        Kinds::STRING.or(Kinds::NULL),
        "The pattern, as `/…/flags`.",
    ),
    Param::flag("done", "Go on, and leave the program running."),
    Param::flag("kill", "End the program, and go on."),
    Param::flag(
        "break",
        "True: the run fails. False: such text is no failure.",
    ),
    Param::text(
        "trigger",
        "The step list to begin, beside the step. It reads the match as `input.event`.",
    ),
    Param::flag("once", "Only the first match counts."),
    Param::new("notify", Kinds::ANY, "Tell the user."),
    Param::new("return", Kinds::ANY, "What the step gives."),
    Param::new(
        "run",
        Kinds::ANY,
        "Steps, from older versions; without effect.",
    ),
];
