//! A case that cannot fail is a defect: each of these breaks the simulator in
//! one way, and the case of that requirement notices.

#![allow(clippy::unwrap_used, clippy::panic)]

use async_trait::async_trait;
use collodi_backend::{
    Backends, BoxFuture, Capabilities, Child, ChildEvent, ChildInput, Clock, Enforcement, Error,
    ErrorKind, FileSystem, Member, Network, ProcessBackend,
};
use collodi_command::{
    CommandSpec, Exit, Identity, RecordingPlace, Sandbox, Signal, Stdin, Stream, TreeId,
};
use collodi_conformance::{Case, Subject, all};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp, Stat};
use collodi_sim::World;
use collodi_time::{Duration, Instant, WallTime};
use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

/// What the backends do wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    // process
    EveryExitIsZero,
    SignalsAreCodes,
    ArgumentsAreTrimmed,
    EnvironmentIsInherited,
    PathHasADefault,
    PathIsIgnored,
    KindsAreVague,
    FailedSpawnStarts,
    DirectoryIsTheRoot,
    PidOfAnother,
    DropKillsNothing,
    DropKillsAll,
    NothingButOneChild,
    // sandbox
    SandboxesAreIgnored,
    // adoption
    LeavingKills,
    AdoptsByNumberAlone,
    AdoptsDeaf,
    AdoptsMute,
    AdoptsTheLivingAlone,
    AdoptsAtLeisure,
    // output
    OneStream,
    BytesAreText,
    WholeLinesOnly,
    EmptyOutput,
    ClosedTwice,
    ExitWaitsForOutput,
    NeverLeaked,
    AlwaysLeaked,
    ReadsHalf,
    LosesAwaited,
    ReadsAhead,
    // recording
    PlaceIsAhead,
    // input
    InputIsAlwaysThere,
    InputIsNeverThere,
    InputIsOpenForEver,
    InputIsNeverGone,
    // tree
    SignalsNobody,
    SignalsTermOnly,
    SignalsAreKill,
    SignalsEverybody,
    EmptyAtOnce,
    EmptyIsAnError,
    NoMembers,
    MembersWithoutNames,
    // file
    NoLimit,
    WriteMakesNoDirectories,
    WriteLeavesARest,
    WriteInTwoSteps,
    WriteAppends,
    AppendReplaces,
    RemoveIsStrict,
    RemoveTakesTheRoot,
    RenameReplaces,
    RenameCopies,
    StatFollows,
    ListBackwards,
    ErrorNamesTheRoot,
    EscapesAreNotFound,
    LinksAreRefused,
    // clock
    EarlySleep,
    TimeGoesBack,
    PastNeverCompletes,
    SleepsInOrderOfMaking,
    FrozenWall,
    // network
    ConnectsAnywhere,
    ConnectsNowhere,
    PortBelow,
    PortInUse,
}

/// Which case notices what.
const TABLE: &[(Wrong, &str)] = &[
    (Wrong::EveryExitIsZero, "process::exit_code_is_reported"),
    (Wrong::SignalsAreCodes, "process::signal_is_reported"),
    (
        Wrong::ArgumentsAreTrimmed,
        "process::arguments_are_passed_as_they_are",
    ),
    (
        Wrong::EnvironmentIsInherited,
        "process::environment_is_exactly_the_given",
    ),
    (
        Wrong::PathHasADefault,
        "process::program_is_not_looked_up_in_the_path_of_the_caller",
    ),
    (
        Wrong::PathIsIgnored,
        "process::program_is_looked_up_in_the_path_of_the_spec",
    ),
    (Wrong::PathIsIgnored, "process::path_is_searched_in_order"),
    (Wrong::KindsAreVague, "process::missing_program_is_named"),
    (
        Wrong::KindsAreVague,
        "process::program_that_is_not_executable_is_denied",
    ),
    (
        Wrong::KindsAreVague,
        "process::missing_working_directory_is_named",
    ),
    (
        Wrong::KindsAreVague,
        "process::file_as_working_directory_is_named",
    ),
    (
        Wrong::KindsAreVague,
        "process::working_directory_that_leads_out_is_refused",
    ),
    (
        Wrong::FailedSpawnStarts,
        "process::failed_spawn_leaves_an_empty_tree",
    ),
    (
        Wrong::DirectoryIsTheRoot,
        "process::working_directory_is_the_given",
    ),
    (
        Wrong::DirectoryIsTheRoot,
        "process::working_directory_behind_a_link_inside_is_entered",
    ),
    (Wrong::PidOfAnother, "process::pid_is_that_of_the_child"),
    (
        Wrong::DropKillsNothing,
        "process::dropping_a_child_kills_its_group",
    ),
    (
        Wrong::DropKillsAll,
        "process::dropping_a_child_leaves_others_alone",
    ),
    (Wrong::NothingButOneChild, "process::fifty_children_at_once"),
    (
        Wrong::SandboxesAreIgnored,
        "sandbox::sandbox_is_made_or_refused",
    ),
    (
        Wrong::SandboxesAreIgnored,
        "sandbox::impossible_sandbox_is_refused",
    ),
    (Wrong::LeavingKills, "adoption::left_child_is_found_again"),
    (
        Wrong::LeavingKills,
        "adoption::adopted_child_can_be_left_again",
    ),
    (Wrong::AdoptsByNumberAlone, "adoption::ended_child_is_gone"),
    (
        Wrong::AdoptsDeaf,
        "adoption::what_was_said_meanwhile_is_told",
    ),
    (
        Wrong::AdoptsDeaf,
        "adoption::nobody_reads_and_nothing_is_lost",
    ),
    (Wrong::AdoptsMute, "adoption::input_goes_on"),
    (Wrong::AdoptsMute, "adoption::input_stays_open"),
    (
        Wrong::InputIsOpenForEver,
        "adoption::closed_input_stays_closed",
    ),
    (
        Wrong::AdoptsAtLeisure,
        "adoption::adoption_that_is_broken_off_leaves_the_child",
    ),
    (
        Wrong::AdoptsTheLivingAlone,
        "adoption::child_that_ends_while_it_is_left_is_told_whole",
    ),
    (
        Wrong::AdoptsTheLivingAlone,
        "adoption::child_that_is_left_at_its_end_is_told_whole",
    ),
    (
        Wrong::DropKillsNothing,
        "adoption::dropping_an_adopted_child_kills_its_group",
    ),
    (Wrong::NoMembers, "adoption::adopted_child_is_of_its_tree"),
    (Wrong::NoMembers, "tree::nobody_hides_from_a_whole_tree"),
    (Wrong::OneStream, "output::streams_are_told_apart"),
    (Wrong::OneStream, "output::output_of_grandchildren_is_told"),
    (Wrong::BytesAreText, "output::bytes_arrive_as_they_are"),
    (
        Wrong::WholeLinesOnly,
        "output::unfinished_line_is_told_at_once",
    ),
    (Wrong::EmptyOutput, "output::output_is_never_empty"),
    (
        Wrong::ClosedTwice,
        "output::closed_is_last_and_nothing_follows",
    ),
    (
        Wrong::ExitWaitsForOutput,
        "output::exit_waits_for_no_output",
    ),
    (Wrong::NeverLeaked, "output::held_streams_are_leaked"),
    (Wrong::NeverLeaked, "output::leaked_output_comes_to_an_end"),
    (Wrong::AlwaysLeaked, "output::clean_end_is_not_leaked"),
    (Wrong::AlwaysLeaked, "output::mute_survivor_is_not_a_leak"),
    (Wrong::ReadsHalf, "output::large_output_is_intact"),
    (Wrong::ReadsHalf, "output::both_streams_flow_side_by_side"),
    (Wrong::ReadsHalf, "output::slow_reader_gets_everything"),
    (Wrong::ReadsHalf, "output::order_within_a_stream_is_kept"),
    (
        Wrong::ReadsHalf,
        "output::output_before_the_exit_is_not_lost",
    ),
    (
        Wrong::PlaceIsAhead,
        "recording::place_is_behind_what_was_told",
    ),
    (Wrong::LosesAwaited, "output::next_event_is_safe_to_cancel"),
    (Wrong::ReadsAhead, "output::unread_output_holds_the_child"),
    (
        Wrong::InputIsAlwaysThere,
        "input::no_handle_unless_asked_for",
    ),
    (Wrong::InputIsAlwaysThere, "input::null_input_is_at_its_end"),
    (
        Wrong::InputIsNeverThere,
        "input::input_is_delivered_at_once",
    ),
    (Wrong::InputIsNeverThere, "input::large_input_is_intact"),
    (
        Wrong::InputIsOpenForEver,
        "input::dropping_the_handle_closes_the_input",
    ),
    (
        Wrong::InputIsNeverGone,
        "input::writing_to_an_ended_child_fails",
    ),
    (
        Wrong::InputIsNeverGone,
        "input::waiting_write_ends_with_the_child",
    ),
    (Wrong::SignalsNobody, "tree::signal_arrives_as_sent"),
    (Wrong::SignalsNobody, "tree::signal_reaches_grandchildren"),
    (
        Wrong::SignalsNobody,
        "tree::signal_reaches_those_left_behind",
    ),
    (Wrong::SignalsNobody, "tree::kill_ends_a_tree_that_grows"),
    (
        Wrong::LeavingKills,
        "tree::leaving_an_ended_child_spares_its_group",
    ),
    (
        Wrong::SignalsTermOnly,
        "tree::untaken_signal_ends_the_child",
    ),
    (Wrong::SignalsTermOnly, "tree::kill_ends_who_ignores_term"),
    (Wrong::SignalsAreKill, "tree::signal_arrives_as_sent"),
    (Wrong::SignalsEverybody, "tree::trees_are_independent"),
    (Wrong::EmptyAtOnce, "tree::empty_waits_for_the_last"),
    (Wrong::EmptyAtOnce, "tree::empty_can_be_awaited_by_many"),
    (Wrong::EmptyAtOnce, "tree::empty_tree_can_be_used_again"),
    (Wrong::EmptyAtOnce, "tree::daemon_outlives_nobody_unseen"),
    (Wrong::EmptyIsAnError, "tree::unknown_tree_is_empty"),
    (
        Wrong::EmptyIsAnError,
        "tree::signalling_an_empty_tree_is_fine",
    ),
    (Wrong::NoMembers, "tree::members_have_ids_and_names"),
    (Wrong::NoMembers, "tree::children_of_one_id_are_one_tree"),
    (
        Wrong::NoMembers,
        "tree::detached_process_belongs_to_the_tree",
    ),
    (
        Wrong::MembersWithoutNames,
        "tree::members_have_ids_and_names",
    ),
    (Wrong::NoLimit, "file::limit_is_a_limit"),
    (
        Wrong::WriteMakesNoDirectories,
        "file::writing_makes_directories",
    ),
    (Wrong::WriteLeavesARest, "file::writing_leaves_nothing_else"),
    (Wrong::WriteInTwoSteps, "file::writing_is_one_step"),
    (Wrong::WriteAppends, "file::writing_replaces"),
    (
        Wrong::WriteAppends,
        "contain::writing_follows_a_link_inside",
    ),
    (Wrong::AppendReplaces, "file::appending_adds"),
    (Wrong::RemoveIsStrict, "file::removing_nothing_is_fine"),
    (Wrong::RemoveTakesTheRoot, "file::root_is_not_removed"),
    (Wrong::RenameReplaces, "file::renaming_replaces_nothing"),
    (Wrong::RenameCopies, "file::renaming_moves"),
    (
        Wrong::RenameCopies,
        "contain::renaming_moves_the_link_itself",
    ),
    (Wrong::StatFollows, "file::stat_says_kind_and_size"),
    (Wrong::StatFollows, "contain::stat_looks_at_the_link_itself"),
    (Wrong::ListBackwards, "file::list_is_by_name"),
    (Wrong::ErrorNamesTheRoot, "file::error_names_the_path"),
    (
        Wrong::EscapesAreNotFound,
        "contain::way_out_is_refused_for_each_operation",
    ),
    (
        Wrong::EscapesAreNotFound,
        "contain::link_out_at_the_end_is_refused",
    ),
    (
        Wrong::EscapesAreNotFound,
        "contain::link_that_appears_later_is_refused",
    ),
    (Wrong::LinksAreRefused, "contain::link_inside_is_followed"),
    (
        Wrong::LinksAreRefused,
        "contain::removing_a_link_keeps_its_target",
    ),
    (Wrong::EarlySleep, "clock::sleep_is_never_early"),
    (Wrong::EarlySleep, "clock::virtual_sleep_is_exact"),
    (Wrong::TimeGoesBack, "clock::now_never_goes_back"),
    (
        Wrong::PastNeverCompletes,
        "clock::sleep_until_the_past_completes",
    ),
    (
        Wrong::SleepsInOrderOfMaking,
        "clock::sleeps_complete_in_order",
    ),
    (Wrong::FrozenWall, "clock::wall_time_goes_on"),
    (Wrong::FrozenWall, "clock::wall_time_is_of_this_century"),
    (
        Wrong::ConnectsAnywhere,
        "network::connect_is_refused_where_nothing_listens",
    ),
    (
        Wrong::ConnectsAnywhere,
        "network::connect_is_refused_after_the_listener",
    ),
    (Wrong::ConnectsAnywhere, "network::connect_gives_up"),
    (
        Wrong::ConnectsNowhere,
        "network::connect_reaches_a_listener",
    ),
    (Wrong::ConnectsNowhere, "network::connect_takes_a_name"),
    (Wrong::PortBelow, "network::free_port_is_not_below"),
    (Wrong::PortInUse, "network::free_port_is_not_one_in_use"),
];

#[test]
fn each_sabotage_is_noticed() {
    let unnoticed: Vec<_> = TABLE
        .iter()
        .filter(|(wrong, id)| passes(*wrong, id))
        .collect();
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

fn passes(wrong: Wrong, id: &str) -> bool {
    let found: Option<Case> = all().into_iter().find(|case| case.id() == id);
    let case = found.unwrap_or_else(|| panic!("no case {id}"));
    let world = World::new();
    world.dir("/tmp/case/root").dir("/tmp/case/outside");
    let bad = Arc::new(Bad::new(wrong, world.backends()));
    let backends = Backends {
        process: bad.clone(),
        files: bad.clone(),
        clock: bad.clone(),
        network: bad,
        web: world.backends().web,
    };
    let subject = Subject::new(backends, "/tmp/case", "/bin/collodi-child");
    matches!(world.block_on(subject.put_to(case.play)), Ok(Ok(())))
}

/// Backends that do one thing wrong.
#[derive(Debug)]
struct Bad {
    wrong: Wrong,
    good: Backends,
    count: AtomicU64,
}

impl Bad {
    fn new(wrong: Wrong, good: Backends) -> Self {
        let count = AtomicU64::new(0);
        Self { wrong, good, count }
    }

    fn is(&self, wrong: Wrong) -> bool {
        self.wrong == wrong
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    fn spoil(&self, spec: &CommandSpec) -> CommandSpec {
        let mut spec = spec.clone();
        match self.wrong {
            Wrong::ArgumentsAreTrimmed => spec.args.retain(|arg| !arg.is_empty()),
            Wrong::EnvironmentIsInherited => spec = spec.env("HOME", "/root"),
            Wrong::PathHasADefault => {
                spec.env.entry("PATH".into()).or_insert("/bin".into());
            }
            Wrong::PathIsIgnored => spec = spec.env("PATH", "/usr/bin"),
            Wrong::DirectoryIsTheRoot => spec.cwd = spec.cwd.root().at(RelPath::root()),
            Wrong::SandboxesAreIgnored => spec.sandbox = Sandbox::Full,
            Wrong::InputIsAlwaysThere => spec.stdin = Stdin::Piped,
            Wrong::InputIsNeverThere => spec.stdin = Stdin::Null,
            _ => {}
        }
        spec
    }

    async fn every_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error> {
        let stem = tree.as_str().rsplit_once('-').map_or("", |(stem, _)| stem);
        for number in 0..100 {
            let other = TreeId::new(&format!("{stem}-{number}"));
            self.good.process.signal_tree(&other, signal).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl ProcessBackend for Bad {
    fn capabilities(&self) -> Capabilities {
        self.good.process.capabilities()
    }

    async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Error> {
        if self.is(Wrong::NothingButOneChild) && self.next() > 0 {
            return Err(Error::new(ErrorKind::Exhausted, "start", &spec.program));
        }
        let spawned = self.good.process.spawn(&self.spoil(spec)).await;
        let good = match spawned {
            Ok(child) => child,
            Err(mut error) => {
                if self.is(Wrong::FailedSpawnStarts) {
                    let words = ["wait"];
                    let stray =
                        CommandSpec::new("/bin/collodi-child", spec.cwd.clone(), spec.tree.clone());
                    std::mem::forget(self.good.process.spawn(&stray.args(words)).await);
                }
                if self.is(Wrong::KindsAreVague) {
                    error.kind = ErrorKind::Other;
                }
                return Err(error);
            }
        };
        let mut child = BadChild::new(self, good, spec.tree.clone());
        if self.is(Wrong::ReadsAhead) {
            poll_fn(|cx| child.poll_all(cx)).await;
        }
        Ok(Box::new(child))
    }

    async fn adopt(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Box<dyn Child>, Error> {
        let mut identity = identity.clone();
        if self.is(Wrong::AdoptsByNumberAlone) {
            identity.started = u64::from(identity.pid);
        }
        if self.is(Wrong::AdoptsTheLivingAlone) && self.tree_members(&spec.tree).await?.is_empty() {
            let gone = identity.to_string();
            return Err(Error::new(ErrorKind::Gone, "adopt", gone));
        }
        let mut good = self.good.process.adopt(spec, &identity).await?;
        if self.is(Wrong::AdoptsAtLeisure) {
            let clock = &self.good.clock;
            clock
                .sleep_until(clock.now() + Duration::from_millis(1))
                .await;
        }
        if self.is(Wrong::AdoptsDeaf) {
            good.next_event().await;
        }
        if self.is(Wrong::AdoptsMute) {
            good.input();
        }
        Ok(Box::new(BadChild::new(self, good, spec.tree.clone())))
    }

    async fn signal_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error> {
        let process = &self.good.process;
        match self.wrong {
            Wrong::SignalsNobody => Ok(()),
            Wrong::SignalsTermOnly => process.signal_tree(tree, Signal::TERM).await,
            Wrong::SignalsAreKill => process.signal_tree(tree, Signal::KILL).await,
            Wrong::SignalsEverybody => self.every_tree(tree, signal).await,
            Wrong::EmptyIsAnError if process.tree_members(tree).await?.is_empty() => {
                Err(Error::new(ErrorKind::Other, "signal", tree.as_str()))
            }
            _ => process.signal_tree(tree, signal).await,
        }
    }

    async fn tree_empty(&self, tree: &TreeId) -> Result<(), Error> {
        match self.wrong {
            Wrong::EmptyAtOnce => Ok(()),
            Wrong::EmptyIsAnError => Err(Error::new(ErrorKind::Other, "await", tree.as_str())),
            _ => self.good.process.tree_empty(tree).await,
        }
    }

    async fn tree_members(&self, tree: &TreeId) -> Result<Vec<Member>, Error> {
        let mut members = self.good.process.tree_members(tree).await?;
        match self.wrong {
            Wrong::NoMembers => members.clear(),
            Wrong::MembersWithoutNames => members.iter_mut().for_each(|m| m.name.clear()),
            _ => {}
        }
        Ok(members)
    }
}

#[derive(Debug)]
struct BadChild {
    wrong: Wrong,
    good: Option<Box<dyn Child>>,
    backends: Backends,
    tree: TreeId,
    kept: Vec<ChildEvent>,
    outputs: u32,
    is_all_read: bool,
    /// Somebody asked when there was nothing.
    asked_in_vain: bool,
}

impl BadChild {
    fn new(bad: &Bad, good: Box<dyn Child>, tree: TreeId) -> Self {
        Self {
            wrong: bad.wrong,
            good: Some(good),
            backends: bad.good.clone(),
            tree,
            kept: Vec::new(),
            outputs: 0,
            is_all_read: bad.wrong != Wrong::ExitWaitsForOutput,
            asked_in_vain: false,
        }
    }

    fn good(&mut self) -> &mut dyn Child {
        &mut **self.good.as_mut().unwrap()
    }

    fn poll_all(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(event) = ready!(self.good().poll_event(cx)) {
            self.kept.push(event);
        }
        if self.wrong == Wrong::ExitWaitsForOutput {
            self.kept.sort_by_key(|event| match event {
                ChildEvent::Output { .. } => 0,
                ChildEvent::Exited(_) => 1,
                ChildEvent::Closed { .. } => 2,
            });
        }
        Poll::Ready(())
    }

    fn spoil(&mut self, event: ChildEvent) -> Option<ChildEvent> {
        Some(match (self.wrong, event) {
            (Wrong::EveryExitIsZero, ChildEvent::Exited(_)) => ChildEvent::Exited(Exit::Code(0)),
            (Wrong::SignalsAreCodes, ChildEvent::Exited(exit)) => {
                ChildEvent::Exited(Exit::Code(exit.shell_code().unwrap()))
            }
            (Wrong::NeverLeaked, ChildEvent::Closed { .. }) => ChildEvent::Closed { leaked: false },
            (Wrong::AlwaysLeaked, ChildEvent::Closed { .. }) => ChildEvent::Closed { leaked: true },
            (Wrong::ClosedTwice, closed @ ChildEvent::Closed { .. }) if self.outputs < 100 => {
                self.outputs = 100;
                self.kept.push(closed.clone());
                closed
            }
            (_, ChildEvent::Output { stream, bytes }) => return self.spoil_output(stream, bytes),
            (_, event) => event,
        })
    }

    fn spoil_output(&mut self, stream: Stream, bytes: Arc<[u8]>) -> Option<ChildEvent> {
        self.outputs += 1;
        let stream = match self.wrong {
            Wrong::OneStream => Stream::Stdout,
            _ => stream,
        };
        let bytes = match self.wrong {
            Wrong::BytesAreText => String::from_utf8_lossy(&bytes).as_bytes().into(),
            Wrong::EmptyOutput if self.outputs == 2 => Arc::default(),
            Wrong::WholeLinesOnly if !bytes.ends_with(b"\n") => return None,
            Wrong::ReadsHalf if self.outputs.is_multiple_of(2) => return None,
            _ => bytes,
        };
        Some(ChildEvent::Output { stream, bytes })
    }
}

impl Child for BadChild {
    fn pid(&self) -> Option<u32> {
        let pid = self.good.as_ref()?.pid();
        pid.map(|pid| pid + u32::from(self.wrong == Wrong::PidOfAnother))
    }

    fn identity(&self) -> Option<Identity> {
        self.good.as_ref()?.identity()
    }

    fn recorded(&self) -> Option<RecordingPlace> {
        let mut place = self.good.as_ref()?.recorded()?;
        place.offset += u64::from(self.wrong == Wrong::PlaceIsAhead);
        Some(place)
    }

    fn enforcement(&self) -> Option<Enforcement> {
        self.good.as_ref()?.enforcement()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
        if !self.is_all_read {
            let mut empty = self.backends.process.tree_empty(&self.tree);
            let _ = ready!(empty.as_mut().poll(cx));
            drop(empty);
            ready!(self.poll_all(cx));
            self.is_all_read = true;
        }
        loop {
            let event = match self.kept.is_empty() {
                false => Some(self.kept.remove(0)),
                true => match self.good().poll_event(cx) {
                    Poll::Pending => {
                        self.asked_in_vain = true;
                        return Poll::Pending;
                    }
                    Poll::Ready(event) => event,
                },
            };
            let is_lost = self.wrong == Wrong::LosesAwaited && self.asked_in_vain;
            self.asked_in_vain = false;
            match event.map(|event| self.spoil(event)) {
                None => return Poll::Ready(None),
                Some(Some(event)) if !is_lost => return Poll::Ready(Some(event)),
                Some(_) => {}
            }
        }
    }

    fn leave(mut self: Box<Self>) {
        if let Some(good) = self.good.take()
            && self.wrong != Wrong::LeavingKills
        {
            good.leave();
        }
    }

    fn input(&mut self) -> Option<Box<dyn ChildInput>> {
        let input = self.good().input();
        if self.wrong == Wrong::InputIsOpenForEver {
            return input.map(|input| Box::new(Unclosed(Some(input))) as Box<dyn ChildInput>);
        }
        if self.wrong == Wrong::InputIsNeverGone {
            return input.map(|input| Box::new(Unfailing(input)) as Box<dyn ChildInput>);
        }
        input
    }
}

impl Drop for BadChild {
    fn drop(&mut self) {
        if self.wrong == Wrong::DropKillsNothing {
            std::mem::forget(self.good.take());
        }
        if self.wrong == Wrong::DropKillsAll {
            let stem = self
                .tree
                .as_str()
                .rsplit_once('-')
                .map_or("", |(stem, _)| stem);
            for number in 0..10 {
                let other = TreeId::new(&format!("{stem}-{number}"));
                let kill = self.backends.process.signal_tree(&other, Signal::KILL);
                futures::executor::block_on(kill).unwrap();
            }
        }
    }
}

/// Keeps its input open when it is dropped.
#[derive(Debug)]
struct Unclosed(Option<Box<dyn ChildInput>>);

#[async_trait]
impl ChildInput for Unclosed {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.0.as_mut().unwrap().write(bytes).await
    }
}

impl Drop for Unclosed {
    fn drop(&mut self) {
        std::mem::forget(self.0.take());
    }
}

/// Says that all was written, whatever came of it.
#[derive(Debug)]
struct Unfailing(Box<dyn ChildInput>);

#[async_trait]
impl ChildInput for Unfailing {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let _ = self.0.write(bytes).await;
        Ok(())
    }
}

#[async_trait]
impl FileSystem for Bad {
    async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        let files = &self.good.files;
        match (self.wrong, op) {
            (Wrong::NoLimit, FileOp::Read { path, .. }) => {
                files.perform(FileOp::read(path, u64::MAX)).await
            }
            (Wrong::WriteMakesNoDirectories, FileOp::Write { path, bytes, .. }) => {
                files.perform(FileOp::Append { path, bytes }).await
            }
            (Wrong::WriteAppends, FileOp::Write { path, bytes, .. }) => {
                files.perform(FileOp::Append { path, bytes }).await
            }
            (Wrong::WriteLeavesARest, FileOp::Write { path, bytes, .. }) => {
                let rest = path.parent().unwrap().join(".rest").unwrap();
                files.perform(FileOp::write(rest, Vec::new())).await?;
                files.perform(FileOp::write(path, bytes)).await
            }
            (Wrong::WriteInTwoSteps, FileOp::Write { path, bytes, .. }) => {
                let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
                files
                    .perform(FileOp::write(path.clone(), half.to_vec()))
                    .await?;
                let clock = &self.good.clock;
                clock
                    .sleep_until(clock.now() + Duration::from_nanos(1))
                    .await;
                files.perform(FileOp::write(path, bytes)).await
            }
            (Wrong::AppendReplaces, FileOp::Append { path, bytes }) => {
                files.perform(FileOp::write(path, bytes)).await
            }
            (Wrong::RemoveIsStrict, FileOp::Remove { path }) => {
                match files.perform(FileOp::Stat { path: path.clone() }).await? {
                    FileAnswer::Stat(None) => Err(FileError::new(FileErrorKind::NotFound, path)),
                    _ => files.perform(FileOp::Remove { path }).await,
                }
            }
            (Wrong::RemoveTakesTheRoot, FileOp::Remove { path }) if path.rel().is_root() => {
                Ok(FileAnswer::Done)
            }
            (Wrong::RenameReplaces, FileOp::Rename { from, to }) => {
                files.perform(FileOp::Remove { path: to.clone() }).await?;
                files.perform(FileOp::Rename { from, to }).await
            }
            (Wrong::RenameCopies, FileOp::Rename { from, to }) => {
                files.perform(FileOp::Copy { from, to }).await
            }
            (Wrong::StatFollows, FileOp::Stat { path }) => {
                match files.perform(FileOp::read(path.clone(), u64::MAX)).await {
                    Ok(_) => Ok(FileAnswer::Stat(Some(Stat {
                        kind: collodi_file::FileKind::File,
                        size: 0,
                    }))),
                    Err(error) => Err(error),
                }
            }
            (Wrong::LinksAreRefused, op) => {
                let is_link = FileOp::Stat {
                    path: op.path().clone(),
                };
                match files.perform(is_link).await {
                    Ok(FileAnswer::Stat(Some(stat)))
                        if stat.kind == collodi_file::FileKind::Link =>
                    {
                        Err(FileError::new(FileErrorKind::Escapes, op.path().clone()))
                    }
                    _ => files.perform(op).await,
                }
            }
            (_, op) => spoil_answer(self.wrong, files.perform(op).await),
        }
    }
}

fn spoil_answer(
    wrong: Wrong,
    answer: Result<FileAnswer, FileError>,
) -> Result<FileAnswer, FileError> {
    match (wrong, answer) {
        (Wrong::ListBackwards, Ok(FileAnswer::Entries(mut entries))) => {
            entries.reverse();
            Ok(FileAnswer::Entries(entries))
        }
        (Wrong::ErrorNamesTheRoot, Err(mut error)) => {
            error.path = Root::new(error.path.root().as_str()).at(RelPath::root());
            Err(error)
        }
        (Wrong::EscapesAreNotFound, Err(mut error)) => {
            error.kind = FileErrorKind::NotFound;
            Err(error)
        }
        (_, answer) => answer,
    }
}

impl Clock for Bad {
    fn now(&self) -> Instant {
        match self.wrong {
            Wrong::TimeGoesBack => Instant::from_nanos(10_000 - self.next()),
            _ => self.good.clock.now(),
        }
    }

    fn wall(&self) -> WallTime {
        match self.wrong {
            Wrong::FrozenWall => WallTime::default(),
            _ => self.good.clock.wall(),
        }
    }

    fn sleep_until(&self, at: Instant) -> BoxFuture<'static, ()> {
        let clock = &self.good.clock;
        match self.wrong {
            Wrong::EarlySleep => Box::pin(std::future::ready(())),
            Wrong::PastNeverCompletes if at <= clock.now() => Box::pin(std::future::pending()),
            Wrong::SleepsInOrderOfMaking => {
                let nth = Duration::from_secs(self.next());
                clock.sleep_until(clock.now() + nth)
            }
            _ => clock.sleep_until(at),
        }
    }
}

#[async_trait]
impl Network for Bad {
    async fn connect(&self, host: &str, port: u16) -> Result<(), Error> {
        match self.wrong {
            Wrong::ConnectsAnywhere => Ok(()),
            Wrong::ConnectsNowhere => Err(Error::new(ErrorKind::Refused, "connect to", host)),
            _ => self.good.network.connect(host, port).await,
        }
    }

    async fn free_port(&self, from: u16) -> Result<u16, Error> {
        match self.wrong {
            Wrong::PortBelow => Ok(from - 1),
            Wrong::PortInUse => Ok(from),
            _ => self.good.network.free_port(from).await,
        }
    }
}
