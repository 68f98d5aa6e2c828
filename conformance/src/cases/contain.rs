//! Links: those that stay inside are followed, those that lead out are refused.

use crate::{Broken, Subject, Verdict, case::cases};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileErrorKind, FileKind, FileOp};

const LIMIT: u64 = 1 << 20;

cases! {
    /// A link that stays inside is followed, in the middle of a path and at its end.
    async fn link_inside_is_followed(world: Subject) -> Verdict {
        world.write("a/b/file", "text").await?;
        world
            .arrange(&[
                "link:there:a/b",
                "link:file:there/file",
                "link:a/back:../a/./b",
            ])
            .await?;
        for path in ["there/file", "file", "a/back/file"] {
            assert_eq!(world.read(path).await?, "text", "{path}");
        }
        Ok(())
    }

    /// An absolute link counts by where it leads: back into its root it is followed.
    async fn absolute_link_inside_is_followed(world: Subject) -> Verdict {
        world.write("a/file", "text").await?;
        let link = format!("link:there:{}/a", world.root());
        world.arrange(&[&link]).await?;
        assert_eq!(world.read("there/file").await?, "text");
        world.write("there/new", "made").await?;
        assert_eq!(world.read("a/new").await?, "made");
        Ok(())
    }

    /// Writing through a link at the end changes what it points at; the link stays.
    async fn writing_follows_a_link_inside(world: Subject) -> Verdict {
        world.write("a/file", "old").await?;
        world.arrange(&["link:link:a/file"]).await?;
        world.write("link", "new").await?;
        assert_eq!(world.read("a/file").await?, "new");
        let path = world.at("link")?;
        world
            .perform(FileOp::Append {
                path: path.clone(),
                bytes: b"er".to_vec(),
            })
            .await?;
        assert_eq!(world.read("a/file").await?, "newer");
        assert_eq!(kind_of(&world, path).await?, Some(FileKind::Link));
        Ok(())
    }

    /// Every operation whose way a link leads out is `Escapes`, and nothing is
    /// touched: by an absolute target, by `..`, and behind another link.
    async fn way_out_is_refused_for_each_operation(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        for way in ["out", "up", "twice"] {
            for op in ops_below(&world, way)? {
                let name = op.to_string();
                assert_eq!(
                    world.attempt(op).await,
                    Err(FileErrorKind::Escapes),
                    "{name}"
                );
            }
        }
        outside_is_untouched(&world).await
    }

    /// A link out at the end of a path is `Escapes` for what follows it.
    async fn link_out_at_the_end_is_refused(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        let secret = || world.at("secret");
        let ops = [
            FileOp::read(secret()?, LIMIT),
            FileOp::write(secret()?, b"x".to_vec()),
            FileOp::Append {
                path: secret()?,
                bytes: b"x".to_vec(),
            },
            FileOp::Copy {
                from: secret()?,
                to: world.at("copy")?,
            },
            FileOp::List {
                path: world.at("out")?,
            },
            FileOp::ReadAll {
                path: world.at("out")?,
                last: 9,
                limit: LIMIT,
            },
        ];
        for op in ops {
            let name = op.to_string();
            assert_eq!(
                world.attempt(op).await,
                Err(FileErrorKind::Escapes),
                "{name}"
            );
        }
        outside_is_untouched(&world).await
    }

    /// Removing a link removes the link, never what it points at.
    async fn removing_a_link_keeps_its_target(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        world.write("inside/file", "text").await?;
        world.arrange(&["link:l:inside"]).await?;
        for link in ["l", "out", "secret", "twice"] {
            let path = world.at(link)?;
            world.perform(FileOp::Remove { path: path.clone() }).await?;
            assert_eq!(kind_of(&world, path).await?, None, "{link}");
        }
        assert_eq!(world.read("inside/file").await?, "text");
        outside_is_untouched(&world).await
    }

    /// Removing a directory with links in it removes the links, never what they
    /// point at.
    async fn removing_a_directory_follows_no_link(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        let link = format!("link:d/out:{}", world.outside());
        world.write("keep", "text").await?;
        world
            .arrange(&["dir:d/e", &link, "link:d/e/up:../..", "link:d/keep:../keep"])
            .await?;
        world
            .perform(FileOp::Remove {
                path: world.at("d")?,
            })
            .await?;
        assert_eq!(world.read("keep").await?, "text");
        outside_is_untouched(&world).await
    }

    /// Renaming a link renames the link, wherever it points.
    async fn renaming_moves_the_link_itself(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        let (from, to) = (world.at("secret")?, world.at("moved")?);
        world
            .perform(FileOp::Rename {
                from: from.clone(),
                to: to.clone(),
            })
            .await?;
        assert_eq!(kind_of(&world, from).await?, None);
        assert_eq!(kind_of(&world, to).await?, Some(FileKind::Link));
        outside_is_untouched(&world).await
    }

    /// `Stat` looks at the link itself, wherever it points.
    async fn stat_looks_at_the_link_itself(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        for link in ["out", "up", "secret", "twice"] {
            assert_eq!(
                kind_of(&world, world.at(link)?).await?,
                Some(FileKind::Link),
                "{link}"
            );
        }
        Ok(())
    }

    /// Copying a directory copies the links in it as links, wherever they point:
    /// nothing from outside comes into the root.
    async fn copying_keeps_links_as_links(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        let link = format!("link:d/secret:{}/secret", world.outside());
        world.write("d/file", "text").await?;
        world.arrange(&[&link, "link:d/inside:file"]).await?;
        let (from, to) = (world.at("d")?, world.at("copy")?);
        world.perform(FileOp::Copy { from, to }).await?;
        assert_eq!(
            kind_of(&world, world.at("copy/secret")?).await?,
            Some(FileKind::Link)
        );
        assert_eq!(
            kind_of(&world, world.at("copy/inside")?).await?,
            Some(FileKind::Link)
        );
        assert_eq!(world.read("copy/inside").await?, "text");
        let read = world
            .attempt(FileOp::read(world.at("copy/secret")?, LIMIT))
            .await;
        assert_eq!(read, Err(FileErrorKind::Escapes));
        outside_is_untouched(&world).await
    }

    /// Reading through a link that points at nothing is `NotFound`.
    async fn dangling_link_is_not_found(world: Subject) -> Verdict {
        world.arrange(&["link:dangling:nowhere"]).await?;
        let read = world
            .attempt(FileOp::read(world.at("dangling")?, LIMIT))
            .await;
        assert_eq!(read, Err(FileErrorKind::NotFound));
        Ok(())
    }

    /// A ring of links is an error, and comes to an end.
    async fn ring_of_links_ends(world: Subject) -> Verdict {
        world
            .arrange(&["link:a:b", "link:b:a", "link:self:self/x"])
            .await?;
        for path in ["a", "b/file", "self"] {
            let path = world.at(path)?;
            assert!(
                world
                    .perform(FileOp::read(path.clone(), LIMIT))
                    .await
                    .is_err(),
                "{path}"
            );
            assert!(
                world
                    .perform(FileOp::write(path.clone(), Vec::new()))
                    .await
                    .is_err(),
                "{path}"
            );
        }
        Ok(())
    }

    /// A link that appears between two operations is refused like any other.
    async fn link_that_appears_later_is_refused(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        world.write("d/secret", "ours").await?;
        assert_eq!(world.read("d/secret").await?, "ours");
        world
            .perform(FileOp::Remove {
                path: world.at("d")?,
            })
            .await?;
        let link = format!("link:d:{}", world.outside());
        world.arrange(&[&link]).await?;
        let read = world
            .attempt(FileOp::read(world.at("d/secret")?, LIMIT))
            .await;
        assert_eq!(read, Err(FileErrorKind::Escapes));
        outside_is_untouched(&world).await
    }

    /// A link that is made leads to its target; what is there is not replaced, and a
    /// target outside is refused.
    async fn link_is_made_inside(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        world.write("a/file", "text").await?;
        let link = |path: &str, to: ContainedPath| {
            let op = world.at(path).map(|path| FileOp::Link { path, to });
            async { Ok::<_, Broken>(world.attempt(op?).await) }
        };
        assert_eq!(link("there", world.at("a")?).await?, Ok(FileAnswer::Done));
        assert_eq!(world.read("there/file").await?, "text");
        for taken in ["a", "there", "out"] {
            let made = link(taken, world.at("b")?).await?;
            assert_eq!(made, Err(FileErrorKind::AlreadyExists), "{taken}");
        }
        assert_eq!(world.read("a/file").await?, "text");
        let outside = collodi_contain::Root::new(world.outside());
        let outside = outside.at(collodi_contain::RelPath::root());
        assert_eq!(link("new", outside).await?, Err(FileErrorKind::Escapes));
        for way in ["out/new", "up/new"] {
            let made = link(way, world.at("a")?).await?;
            assert_eq!(made, Err(FileErrorKind::Escapes), "{way}");
        }
        outside_is_untouched(&world).await
    }

    /// Into the annexes of a root, a link that says so by its absolute path is followed,
    /// and a link can be made; what leads on from there is refused like everything else.
    async fn annex_is_inside(world: Subject) -> Verdict {
        prepare_outside(&world).await?;
        let annex = format!("{}/annex", world.outside());
        let words = [
            format!("dir:{annex}"),
            format!("write:{annex}/file:text"),
            format!("link:{annex}/back:.."),
            format!("link:{annex}/away:{}", world.outside()),
            format!("link:into:{annex}"),
        ];
        world.arrange(&words.each_ref().map(String::as_str)).await?;
        let first = world.root().root().clone().with_annex(&format!("{annex}/none"));
        let root = first.with_annex(&annex);
        let at = |path: &str| Ok::<_, Broken>(root.at(collodi_contain::RelPath::parse(path)?));
        let read = world.attempt(FileOp::read(at("into/file")?, LIMIT)).await;
        assert_eq!(read, Ok(FileAnswer::Bytes(b"text".to_vec())));
        let write = FileOp::write(at("into/new/file")?, b"new".to_vec());
        assert_eq!(world.attempt(write).await, Ok(FileAnswer::Done));
        let new = format!("{annex}/new");
        let to = collodi_contain::Root::new(&new).at(collodi_contain::RelPath::root());
        let link = FileOp::Link { path: at("made")?, to };
        assert_eq!(world.attempt(link).await, Ok(FileAnswer::Done));
        let read = world.attempt(FileOp::read(at("made/file")?, LIMIT)).await;
        assert_eq!(read, Ok(FileAnswer::Bytes(b"new".to_vec())));
        for way in ["into/back/secret", "into/away/secret", "out/secret", "up/secret"] {
            let read = world.attempt(FileOp::read(at(way)?, LIMIT)).await;
            assert_eq!(read, Err(FileErrorKind::Escapes), "{way}");
        }
        let without = world.attempt(FileOp::read(world.at("into/file")?, LIMIT)).await;
        assert_eq!(without, Err(FileErrorKind::Escapes));
        Ok(())
    }

    /// A root that is not there is `NotFound`; it is not made.
    async fn missing_root_is_not_made(world: Subject) -> Verdict {
        let root = collodi_contain::Root::new(&format!("{}/no-root", world.outside()));
        let path = root.at(collodi_contain::RelPath::parse("file")?);
        let written = world.attempt(FileOp::write(path, b"x".to_vec())).await;
        assert_eq!(written, Err(FileErrorKind::NotFound));
        Ok(())
    }
}

/// Outside: the file `secret`. In the root, three ways to it (`out` by its
/// absolute path, `up` by `..`, `twice` by another link) and a link at it.
async fn prepare_outside(world: &Subject) -> Verdict {
    let outside = world.outside();
    let words = [
        format!("write:{outside}/secret:secret"),
        format!("link:out:{outside}"),
        "link:up:../outside".to_owned(),
        "link:twice:up".to_owned(),
        format!("link:secret:{outside}/secret"),
    ];
    world.arrange(&words.each_ref().map(String::as_str)).await
}

/// Each operation, on a path that leads through `way`.
fn ops_below(world: &Subject, way: &str) -> Result<Vec<FileOp>, Broken> {
    let secret = world.at(&format!("{way}/secret"))?;
    let fresh = world.at(&format!("{way}/fresh"))?;
    let inside = world.at("inside")?;
    Ok(vec![
        FileOp::read(secret.clone(), LIMIT),
        FileOp::write(fresh.clone(), b"x".to_vec()),
        FileOp::write(secret.clone(), b"x".to_vec()),
        FileOp::Append {
            path: secret.clone(),
            bytes: b"x".to_vec(),
        },
        FileOp::MakeDir {
            path: fresh.clone(),
        },
        FileOp::Remove {
            path: secret.clone(),
        },
        FileOp::Rename {
            from: secret.clone(),
            to: inside.clone(),
        },
        FileOp::Copy {
            from: secret.clone(),
            to: inside,
        },
        FileOp::Stat {
            path: secret.clone(),
        },
        FileOp::List { path: fresh },
    ])
}

async fn outside_is_untouched(world: &Subject) -> Verdict {
    let root = collodi_contain::Root::new(world.outside());
    let secret = root.at(collodi_contain::RelPath::parse("secret")?);
    let read = world.perform(FileOp::read(secret, LIMIT)).await?;
    assert_eq!(read, FileAnswer::Bytes(b"secret".to_vec()));
    let all = world
        .perform(FileOp::List {
            path: root.at(collodi_contain::RelPath::root()),
        })
        .await?;
    assert!(
        matches!(&all, FileAnswer::Entries(entries) if entries.len() == 1),
        "{all:?}"
    );
    Ok(())
}

async fn kind_of(world: &Subject, path: ContainedPath) -> Result<Option<FileKind>, Broken> {
    match world.perform(FileOp::Stat { path }).await? {
        FileAnswer::Stat(stat) => Ok(stat.map(|stat| stat.kind)),
        other => Err(Broken::new(format!("looking gave {other}"))),
    }
}
