# byocplan in an image: docker run --rm -v "$PWD":/work byocplan plan manifests/
FROM python:3.12-slim AS build

WORKDIR /src
COPY . .
RUN python -m venv /opt/byocplan \
    && PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
       /opt/byocplan/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.12-slim

# Nobody's account: manifests are read from /work, which a local state is written to as well.
RUN useradd --uid 10001 --create-home byocplan && install --directory --owner byocplan /work
COPY --from=build /opt/byocplan /opt/byocplan
ENV PATH=/opt/byocplan/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /work
STOPSIGNAL SIGINT
ENTRYPOINT ["byocplan"]
CMD ["--help"]
