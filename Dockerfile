# Prøvestein's own image: one static program and nothing else.
#
#   docker build --tag provestein .
#   docker run --rm --network host --volume "$PWD:/work" provestein run --subject subject.yaml
#
# The build stage can be any image with a shell and the toolchain of rust-toolchain.toml: `--build-arg BUILDER=IMAGE`. An
# image that brings a static program at /provestein (see .ci/image) is not asked to compile anything.
ARG BUILDER=rust:1.95-bookworm

FROM ${BUILDER} AS build
WORKDIR /src
COPY . .
# The target must be named: without it proc macros would be linked statically too, and fail.
RUN test -x /provestein || { \
        target=$(rustc -vV | sed -n 's/^host: //p') && \
        RUSTFLAGS='-C target-feature=+crt-static' \
            cargo build --release --locked --features containers,pdf --target "$target" && \
        cp "target/$target/release/provestein" /provestein; \
    }

FROM scratch
COPY --from=build /provestein /provestein
WORKDIR /work
ENTRYPOINT ["/provestein"]
