# byocplan in an image: docker run --rm -v "$PWD":/work byocplan plan manifests/
# An exact version; `docker build --build-arg PYTHON_IMAGE=python@sha256:DIGEST .` pins the very bytes, with the digest that
# `docker buildx imagetools inspect python:3.12.11-slim-bookworm` shows.
ARG PYTHON_IMAGE=python:3.12.11-slim-bookworm
FROM ${PYTHON_IMAGE} AS build

WORKDIR /src
COPY . .
RUN python -m venv /opt/byocplan \
    && PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
       /opt/byocplan/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM ${PYTHON_IMAGE}

# Nobody's account: manifests are read from /work, which a local state is written to as well.
RUN useradd --uid 10001 --create-home byocplan && install --directory --owner byocplan /work
COPY --from=build /opt/byocplan /opt/byocplan
ENV PATH=/opt/byocplan/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /work
STOPSIGNAL SIGINT
ENTRYPOINT ["byocplan"]
CMD ["--help"]
