//! Who listens.

use alloc::vec::Vec;

/// The state of a socket that listens, in the kernel's table.
const LISTENING: &str = "0A";

/// The numbers of the sockets that listen at this port, by the text of `/proc/net/tcp` or
/// `tcp6`. Lines that are none of its are passed over.
pub fn listening(table: &str, port: u16) -> Vec<u64> {
    let socket = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [_, local, _, state, _, _, _, _, _, inode, ..] = fields.as_slice() else {
            return None;
        };
        let (_, number) = local.rsplit_once(':')?;
        let is_it = *state == LISTENING && u16::from_str_radix(number, 16) == Ok(port);
        is_it.then(|| inode.parse().ok()).flatten()
    };
    table.lines().filter_map(socket).collect()
}

#[cfg(test)]
mod tests {
    use super::listening;

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2116 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41213 1 0 100 0 0 10 0
   1: 0100007F:2116 0100007F:A0A2 01 00000000:00000000 00:00000000 00000000     0        0 41214 1 0 20 4 30 10 -1
rubbish 0A
";

    #[test]
    fn only_sockets_that_listen_at_the_port() {
        assert_eq!(listening(TABLE, 8470), [41213]);
        assert!(listening(TABLE, 80).is_empty() && listening("", 8470).is_empty());
    }
}
