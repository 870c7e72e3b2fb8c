# This image has not been built yet: no container engine was available.
FROM node:26-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The base image has Node.js, so the copy installed by npm is removed.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node-linux-* node_modules/node-bin-* node_modules/.bin/node

FROM node:26-trixie-slim
ENV NODE_ENV=production HOST=:: DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json mikro-orm.config.js ./
COPY bin bin
COPY migrations migrations
COPY src src
RUN install -d -o node -g node -m 0700 /data
# Gatehouse writes to /data only, so the root file system can be read-only.
USER node
VOLUME /data
EXPOSE 4400
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://localhost:${process.env.PORT || 4400}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/cli.ts"]
CMD ["serve"]
