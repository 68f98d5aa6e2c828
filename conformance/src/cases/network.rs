//! Ports.

use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::{Child, ErrorKind, Network};

/// Where searches for free ports begin: below the ports that systems give out by
/// themselves, and each subject somewhere else, since cases run side by side.
const FROM: std::ops::Range<u16> = 20_000..32_000;

const LOOPBACK: &str = "127.0.0.1";

cases! {
    /// Connecting succeeds when something accepts there, again and again.
    async fn connect_reaches_a_listener(world: Subject) -> Verdict {
        let (port, _child) = listener(&world).await?;
        for _ in 0..3 {
            world.backends().network.connect(LOOPBACK, port).await?;
        }
        Ok(())
    }

    /// A host may be given by name.
    async fn connect_takes_a_name(world: Subject) -> Verdict {
        let (port, _child) = listener(&world).await?;
        Ok(world.backends().network.connect("localhost", port).await?)
    }

    /// Where nothing listens, connecting is `Refused`.
    async fn connect_is_refused_where_nothing_listens(world: Subject) -> Verdict {
        let network = &world.backends().network;
        let port = network.free_port(from(&world)).await?;
        assert_eq!(
            refusal(&**network, LOOPBACK, port).await?,
            ErrorKind::Refused
        );
        Ok(())
    }

    /// A port is refused again when its listener has ended.
    async fn connect_is_refused_after_the_listener(world: Subject) -> Verdict {
        let (port, mut child) = listener(&world).await?;
        world.write("go", "").await?;
        Told::by(&mut *child).await;
        let network = &world.backends().network;
        assert_eq!(
            refusal(&**network, LOOPBACK, port).await?,
            ErrorKind::Refused
        );
        Ok(())
    }

    /// A host without a name or an answer is an error, within five seconds.
    async fn connect_gives_up(world: Subject) -> Verdict {
        let network = &world.backends().network;
        refusal(&**network, "no-such-host.invalid", 80).await?;
        refusal(&**network, "192.0.2.1", 9).await?;
        Ok(())
    }

    /// A free port is at or above the one to start from.
    async fn free_port_is_not_below(world: Subject) -> Verdict {
        for from in [1024, from(&world), 65_000] {
            let port = world.backends().network.free_port(from).await?;
            assert!(port >= from, "{port} is below {from}");
        }
        Ok(())
    }

    /// A free port can be listened on.
    async fn free_port_is_free(world: Subject) -> Verdict {
        let (port, _child) = listener(&world).await?;
        assert!(port >= FROM.start);
        Ok(())
    }

    /// A port that something listens on is not free.
    async fn free_port_is_not_one_in_use(world: Subject) -> Verdict {
        let (port, _child) = listener(&world).await?;
        let next = world.backends().network.free_port(port).await?;
        assert!(next > port, "{next} is in use");
        Ok(())
    }
}

/// A child that listens.
async fn listener(world: &Subject) -> Result<(u16, Box<dyn Child>), Broken> {
    server(world, "listen").await
}

/// A child that serves on a free port, by the word `serve`, until the file `go` is
/// there. Somebody else may take the port in between, so it tries some.
pub(super) async fn server(world: &Subject, serve: &str) -> Result<(u16, Box<dyn Child>), Broken> {
    let mut from = from(world);
    for _ in 0..20 {
        let port = world.backends().network.free_port(from).await?;
        let listen = format!("{serve}:{port}");
        let spec = world.child(&[&listen, "say:ready", "until:go"]);
        match world.spawn_ready(&spec).await {
            Ok(child) => return Ok((port, child)),
            Err(_) => from = port.saturating_add(1),
        }
    }
    Err(Broken::new("no free port can be listened on"))
}

/// A port of the range, by the name of the subject.
fn from(world: &Subject) -> u16 {
    let name = world.root().absolute();
    let hash = name.bytes().fold(0_u16, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    FROM.start + hash % (FROM.end - FROM.start)
}

async fn refusal(network: &dyn Network, host: &str, port: u16) -> Result<ErrorKind, Broken> {
    match network.connect(host, port).await {
        Ok(()) => Err(Broken::new(format!("something answered at {host}:{port}"))),
        Err(error) => Ok(error.kind),
    }
}
