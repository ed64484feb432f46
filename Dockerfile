# syntax=docker/dockerfile:1
# corpuskit with its extras, without compiler, pip cache or root:
#   docker build -t corpuskit .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/data" corpuskit build khmer.toml

FROM python:3.12-slim-bookworm AS build
ARG EXTRAS=web,documents,wikimedia,object-store,lists,hub,fast,tokens
WORKDIR /source
COPY . .
RUN python -m venv /opt/corpuskit \
    && /opt/corpuskit/bin/pip install --no-cache-dir --disable-pip-version-check ".[${EXTRAS}]" \
    && /opt/corpuskit/bin/pip uninstall --yes pip \
    && /opt/corpuskit/bin/corpuskit doctor

FROM python:3.12-slim-bookworm
RUN useradd --create-home --uid 1000 corpuskit \
    && mkdir /data \
    && chown corpuskit:corpuskit /data
COPY --from=build /opt/corpuskit /opt/corpuskit
# Caches of kernels and of the public suffix list have to be writable for any --user.
ENV PATH=/opt/corpuskit/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/tmp/kernels \
    TLDEXTRACT_CACHE=/tmp/tldextract
USER corpuskit
WORKDIR /data
ENTRYPOINT ["corpuskit"]
CMD ["--help"]
