# people-mock in an image that holds one static binary and its data.
#
#   docker build -t people-mock --build-arg PEOPLE_MOCK_COMMIT="$(git rev-parse HEAD)" .
#   docker run --rm -p 8080:8080 people-mock
#
# What is released has a program in it that `.ci/release` has built, which is faster and takes
# longer to build: `docker build --build-context build=FOLDER .` with FOLDER/ARCHITECTURE/people-mock.

FROM rust:1-slim-bookworm AS build
WORKDIR /src

# Static with glibc's own libc.a, which the C compiler of this image brings along; musl would be
# another target to install. That glibc needs its shared parts for names of hosts and users doesn't
# matter: addresses are numbers here.
# A target is named although it is the machine's own, since cargo leaves macros and build scripts
# alone then, and those can't be static. It is the machine's own so that other architectures need
# nothing but `docker build --platform linux/arm64`.
ENV RUSTFLAGS="-C target-feature=+crt-static"

# The dependencies, in a layer of their own: it stays as long as these two files do. Benches are
# struck out of the manifest, since they aren't here.
COPY Cargo.toml Cargo.lock ./
RUN sed -i '/^\[\[bench\]\]/,/^$/d' Cargo.toml \
    && mkdir src && touch src/lib.rs && echo 'fn main() {}' > src/main.rs \
    && cargo build --release --locked --target "$(rustc --print host-tuple)" \
    && rm -r src

COPY build.rs ./
COPY fixtures fixtures
COPY scenarios scenarios
COPY src src
# There is no git in here to ask for the commit.
ARG PEOPLE_MOCK_COMMIT
# The engine says it, such as `amd64`, or an old one nothing at all.
ARG TARGETARCH
# Cargo goes by time, and what was copied may be older than what it replaces.
RUN touch build.rs src/main.rs src/lib.rs \
    && cargo build --release --locked --target "$(rustc --print host-tuple)" --bin people-mock \
    && mkdir -p "/$TARGETARCH" && mv target/*/release/people-mock "/$TARGETARCH"

FROM scratch
ARG TARGETARCH
COPY --from=build /$TARGETARCH/people-mock /people-mock
# What the binary has inside, to look at and to mount over: `-v ./mine:/fixtures`.
COPY fixtures /fixtures
COPY scenarios /scenarios

# Inside a container's own loopback nobody could reach it.
# On any other address the control API asks for a token: PEOPLE_MOCK_ADMIN_TOKEN, or one that is
# printed at the start; PEOPLE_MOCK_ADMIN=open trusts everybody who reaches the port.
ENV PEOPLE_MOCK_HOST=0.0.0.0 \
    PEOPLE_MOCK_FIXTURES=/fixtures \
    PEOPLE_MOCK_SCENARIOS=/scenarios

# Any other user does as well; nothing is ever written.
USER 65534:65534
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 CMD ["/people-mock", "healthcheck"]
ENTRYPOINT ["/people-mock"]
