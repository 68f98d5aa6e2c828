//! Variables, JSON files, the app's environment file.

use super::{Class, Kinds, MethodSpec, Param};

const fn open(name: &'static str, doc: &'static str, others: &'static str) -> MethodSpec {
    MethodSpec::new(name, Class::Runs, doc).others(others)
}

const fn listed(name: &'static str, doc: &'static str) -> MethodSpec {
    MethodSpec::new(name, Class::Runs, doc)
        .shape(Kinds::ARRAY.or(Kinds::OBJECT))
        .others("dotted names")
}

const VARIABLES: &str = "variable (dotted path) to value";
const FILE_VALUES: &str = "JSON file to an object of dotted path to value";
const FILE_NAMES: &str = "JSON file to a list of dotted paths";

const MAPS: &[Param] = &[
    Param::new(
        "local",
        Kinds::OBJECT.or(Kinds::ARRAY),
        "Variables of this run.",
    ),
    Param::new(
        "global",
        Kinds::OBJECT.or(Kinds::ARRAY),
        "Variables of this script, kept between runs.",
    ),
    Param::new(
        "self",
        Kinds::OBJECT,
        "JSON files, as `json.set` and `json.rm` take them.",
    ),
    Param::new("json", Kinds::OBJECT, "Another name of `self`."),
    Param::new("key", Kinds::OBJECT, "Entries of the key store by host."),
];

pub(super) const METHODS: &[MethodSpec] = &[
    open("local.set", "Sets variables of this run.", VARIABLES)
        .shape(Kinds::OBJECT.or(Kinds::ARRAY))
        .params(&[
            Param::new(
                "key",
                Kinds::ANY,
                "VATN: the variable's name, together with `value`.",
            ),
            Param::new("value", Kinds::ANY, "VATN: the variable's value."),
        ]),
    MethodSpec::new(
        "local.get",
        Class::Runs,
        "VATN: copies a variable to the step's id.",
    )
    .params(&[Param::text("key", "The variable's name.").required()]),
    listed("local.rm", "Removes variables of this run."),
    open(
        "local.import",
        "Copies another script's variables into this run.",
        "variable to script",
    ),
    open(
        "global.set",
        "Sets variables that outlive the run.",
        VARIABLES,
    )
    .shape(Kinds::OBJECT.or(Kinds::ARRAY)),
    listed("global.rm", "Removes variables that outlive the run."),
    MethodSpec::new(
        "set",
        Class::Runs,
        "Sets variables and entries of JSON files.",
    )
    .params(MAPS),
    MethodSpec::new(
        "rm",
        Class::Runs,
        "Removes variables and entries of JSON files.",
    )
    .params(MAPS),
    open("self.set", "As `json.set`.", FILE_VALUES),
    open("self.rm", "As `json.rm`.", FILE_NAMES),
    open(
        "json.set",
        "Changes entries of JSON files, which are made when missing.",
        FILE_VALUES,
    ),
    open("json.rm", "Removes entries of JSON files.", FILE_NAMES),
    open(
        "json.get",
        "Reads JSON files into variables; a missing file gives null.",
        "variable to JSON file",
    ),
    open(
        "load",
        "Reads JSON files; the result has their contents by name.",
        "name to JSON file",
    ),
    MethodSpec::new("import", Class::Refused, "Does not work in Pinokio either.")
        .others("name to script"),
    open(
        "env.set",
        "Sets entries of the app's ENVIRONMENT file.",
        "variable to text",
    ),
    open(
        "env.switch",
        "Moves entries of the ENVIRONMENT file to the next of a list.",
        "variable to list",
    ),
];
