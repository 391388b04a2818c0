FROM debian:12 AS build
# ok: dockerfile-runs-as-root
USER root
RUN make
FROM debian:12
COPY --from=build /app /app
# ok: dockerfile-runs-as-root
USER root
RUN apt-get install -y curl
USER app
# ok: dockerfile-runs-as-root
CMD ["/app"]
# ruleid: dockerfile-runs-as-root
USER 0:0
