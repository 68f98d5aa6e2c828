# syntax=docker/dockerfile:1

# The server in a container; the README says how to run it, and what sandboxes do in there.
FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package collodi-server \
    && install -D target/release/collodi /out/bin/collodi \
    && /out/bin/collodi man /out/share/man

FROM debian:trixie-slim
# What apps need to be installed: shells, environments, repositories, sandboxes; as new as
# Debian has them.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        bash bubblewrap ca-certificates git python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/ /usr/local/
RUN useradd --uid 10001 --create-home collodi \
    && install --directory --owner=collodi --group=collodi /workspace
USER 10001
# Apps, environments, models, settings, and the file with the token.
WORKDIR /workspace
VOLUME ["/workspace"]
ENV COLLODI_LOG=info
STOPSIGNAL SIGTERM
# Asks the server as its operator would: with its token, by its own address.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["collodi", "--json", "ps"]
ENTRYPOINT ["collodi"]
CMD ["serve", "--log-format", "text"]
