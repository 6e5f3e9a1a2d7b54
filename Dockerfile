# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# One static binary and nothing beside it: no shell, no package manager, no root.
#
#   docker build -t varco .
#   docker run -p 8080:8080 -v ./config:/config:ro -v ./keys:/keys:ro -v ./metadata:/metadata varco

FROM rust:1-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends musl-tools \
 && rustup target add x86_64-unknown-linux-musl
WORKDIR /source
ENV CARGO_TARGET_DIR=/target
# Dependencies first: this layer is built again only when they change.
COPY Cargo.toml Cargo.lock ./
COPY sandbox/Cargo.toml sandbox/
COPY oracle/Cargo.toml oracle/
RUN mkdir -p src sandbox/src oracle/src \
 && echo 'fn main() {}' | tee src/main.rs > sandbox/src/main.rs \
 && touch src/lib.rs sandbox/src/lib.rs oracle/src/lib.rs \
 && cargo build --locked --profile dist --target x86_64-unknown-linux-musl -p varco
COPY . .
# Newer than what the layer above compiled from empty files.
RUN touch src/lib.rs src/main.rs \
 && cargo build --locked --profile dist --target x86_64-unknown-linux-musl -p varco \
 && mkdir -p /empty/config /empty/keys /empty/metadata

FROM scratch
LABEL org.opencontainers.image.title="Varco" \
      org.opencontainers.image.description="Identity broker: SPID, CIE, CNS and eIDAS in, OpenID Connect out" \
      org.opencontainers.image.licenses="EUPL-1.2"
COPY --from=build /target/x86_64-unknown-linux-musl/dist/varco /varco
COPY --from=build --chown=65532:65532 /empty/ /
USER 65532:65532
VOLUME ["/config", "/keys", "/metadata"]
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/varco", "healthcheck", "--config", "/config/varco.toml"]
ENTRYPOINT ["/varco"]
CMD ["serve", "--config", "/config/varco.toml"]
