# Stage 1: dependencies from the lock first, then the project, into one virtual environment.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/apel
COPY requirements.lock ./
RUN /opt/apel/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY content content
COPY scheduler scheduler
COPY storage storage
RUN /opt/apel/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

# Stage 2: only what runs, as an ordinary user.
FROM python:3.13-slim
RUN useradd --create-home --uid 10001 apel && install -d -o apel -g apel /var/lib/apel/data
COPY --from=build /opt/apel /opt/apel
ENV PATH=/opt/apel/bin:$PATH PYTHONUNBUFFERED=1 PTB_TIMEDELTA=1 APEL_HTTP_PORT=8080 APEL_LOG_FORMAT=json
USER apel
WORKDIR /var/lib/apel
VOLUME /var/lib/apel/data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['APEL_HTTP_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["apel"]
CMD ["run"]
