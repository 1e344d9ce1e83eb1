# Viva in a container: `docker compose up`, or see tutor/ui/HOSTING.md.
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends espeak-ng \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home viva \
    && install -d -o viva /data

WORKDIR /viva
COPY pyproject.toml constraints.txt README.md ./
# The build for processors only: the usual one brings gigabytes for graphics cards, which nothing here uses.
RUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu "$(grep '^torch==' constraints.txt)"
COPY app.py LICENSE ./
COPY corpus ./corpus
COPY index ./index
COPY tutor ./tutor
COPY eval ./eval
RUN pip install --no-cache-dir -c constraints.txt -e .

USER viva
ENV VIVA_DATA=/data VIVA_AUTH=on
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --start-period=120s \
    CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/healthz', timeout=5)"
CMD ["python", "app.py", "--host", "0.0.0.0"]
