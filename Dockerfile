# The router as an image: everything is compiled in the first stage, the second holds what serves and no build tools.
# Its root can be read-only; all that is written goes to the volume /data.
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts/stand-ins scripts/stand-ins
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm rebuild && npm run prepare && npm prune --omit=dev --ignore-scripts --no-audit --no-fund && mkdir /empty

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 SIGNALBOX_DATA=/data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/scripts/stand-ins scripts/stand-ins
COPY --from=build /app/models models
COPY --from=build /app/training-data training-data
COPY --from=build /app/dist dist
COPY --from=build --chown=10001:10001 /empty /data
VOLUME /data
USER 10001:10001
EXPOSE 8787
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "dist/scripts/health-check.js"]
ENTRYPOINT ["node", "dist/src/main.js"]
