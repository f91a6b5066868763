import type { Rotation, Team } from './app-store.ts';
import type { Speech } from './speech.ts';
import type { World } from './world.ts';
import type { Answering } from '../kit/server.ts';

/** An app in a workspace: what people do there, and what answers the bot's calls. */
export type Workspace = {
  readonly app: string;
  readonly team: Team;
  readonly world: World;
  readonly speech: Speech;
  readonly answer: Answering;
};

export type Workspaces = {
  readonly all: readonly Workspace[];
  /** Puts the app in; where it is already, it has one token more. */
  readonly install: (rotation: Rotation, token: string, endsAt: number) => Workspace;
  readonly byToken: (token: string) => Workspace | undefined;
};

export type OpenWorkspace = (rotation: Rotation, token: string) => Workspace;

export function openWorkspaces(open: OpenWorkspace): Workspaces {
  const all: Workspace[] = [];
  const find = ({ app, team }: Rotation): Workspace | undefined =>
    all.find((one) => one.app === app.id && one.team.id === team.id);
  return {
    all,
    install(rotation, token, endsAt) {
      const known = find(rotation);
      const workspace = known ?? open(rotation, token);
      if (known === undefined) all.push(workspace);
      workspace.world.installed = true;
      workspace.world.tokens.set(token, endsAt);
      return workspace;
    },
    byToken: (token) => all.find(({ world }) => world.tokens.has(token)),
  };
}
