FROM node:20.11
# ruleid: dockerfile-secret-in-image
ARG NPM_TOKEN
# ruleid: dockerfile-secret-in-image
ARG DB_PASSWORD=correct-horse
# ok: dockerfile-secret-in-image
ARG DB_PASSWORD_FILE
# ok: dockerfile-secret-in-image
ARG VERSION=1.2.3
# ruleid: dockerfile-secret-in-image
COPY .npmrc /root/.npmrc
# ruleid: dockerfile-secret-in-image
COPY --chown=node keys/id_ed25519 /home/node/.ssh/
# ok: dockerfile-secret-in-image
COPY package.json package-lock.json ./
# ok: dockerfile-secret-in-image
ENV NODE_ENV=production
# ruleid: dockerfile-secret-in-image
ENV NODE_ENV=production API_KEY=correcthorsebattery
USER node
