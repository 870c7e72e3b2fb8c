# Not built here: where this was written no container engine runs.
FROM node:26-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The image has Node.js: the copy that comes along for machines without it stays out.
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
# Nothing but /data is ever written: the rest may be mounted read-only.
USER node
VOLUME /data
EXPOSE 4400
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://localhost:${process.env.PORT || 4400}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/cli.ts"]
CMD ["serve"]
