# One image for the portal, its loads and its workers: `ereader` with any of its commands. See docs/deployment.md.
#
#   docker build -t ereader:2.0 .

FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
RUN python -m venv /opt/ereader
# What is needed of others changes rarely, so it is kept from one build to the next.
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY ereader ereader
COPY holdings holdings
COPY indexer indexer
COPY resolver resolver
COPY ui ui
RUN /opt/ereader/bin/pip install --no-cache-dir -c constraints.txt ".[native]"
# Modules that loading spends its time in become machine code; without it everything works, more slowly.
WORKDIR /opt/ereader
RUN /opt/ereader/bin/python -m indexer.native_build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/ereader --create-home ereader
COPY --from=build /opt/ereader /opt/ereader
ENV PATH=/opt/ereader/bin:$PATH EREADER_HOME=/var/lib/ereader PYTHONUNBUFFERED=1
# Plug-ins that are installed here are taken by running workers: pip install --no-deps --target /opt/plug-ins NAME
ENV PYTHONPATH=/opt/plug-ins
RUN mkdir /opt/plug-ins && chown ereader: /opt/plug-ins
USER ereader
VOLUME /var/lib/ereader
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["ereader"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
