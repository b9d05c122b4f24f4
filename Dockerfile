# The app in a container: docker build -t playground . && docker run --init -p 8501:8501 -v playground:/data playground
# See docs/hosting.md.
FROM python:3.12-slim

# The index of PyTorch's wheels for the CPU (pytorch.org/get-started shows it), which are a tenth of the size of those for CUDA.
# Without it, pip installs those for CUDA: the right ones for a GPU.
ARG TORCH_INDEX=

RUN useradd --create-home --uid 1000 playground && install -d -o playground /data
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements.txt
COPY . .

USER playground
ENV PLAYGROUND_DATA=/data PLAYGROUND_LOG=json
VOLUME /data
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD python -c "from urllib.request import urlopen; \
    urlopen('http://127.0.0.1:8501${STREAMLIT_SERVER_BASE_URL_PATH:+/$STREAMLIT_SERVER_BASE_URL_PATH}/healthz', timeout=5)"
# The server closes its runs with checkpoints within ten seconds of SIGTERM, the time that `docker stop` waits.
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
