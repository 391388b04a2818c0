FROM debian:12 AS build
USER root
RUN make
# ok: dockerfile-runs-as-root
FROM debian:12
COPY --from=build /app /app
# ok: dockerfile-runs-as-root
USER root
RUN apt-get install -y curl
USER app
# ok: dockerfile-runs-as-root
CMD ["/app"]
