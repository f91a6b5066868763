# The console is built once; what builds it does not come along.
FROM node:26-bookworm-slim AS console
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src src
COPY console console
RUN npm run build:console

# The server runs its TypeScript as it is: there is no build step, only the production dependencies.
FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are Node and PostgreSQL for machines that have neither: the image has the one, and DATABASE_URL the other.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY src src
COPY adapters adapters
COPY migrations migrations
COPY --from=console /app/console/dist console/dist
USER node
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
# Running answers are finished or handed over within 60 s of SIGTERM: give the container that long to stop.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "src/main.ts"]
CMD ["all"]
