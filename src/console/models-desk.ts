import { openTarget, type TargetOptions } from '../agent/models.ts';
import { reach } from '../auth/oidc/reach.ts';
import { DEFAULT_ORGANIZATION } from '../db/apps.ts';
import { keyPurpose } from '../db/targets.ts';
import { discoverModels } from '../llm/discover.ts';
import { seal } from '../vault/seal.ts';
import type { ModelsDesk } from './models.ts';

export type DeskOptions = TargetOptions & {
  /** Whether every organization may name servers in private networks. The deployment's own always may: its model may stand beside it. */
  readonly allowPrivate: boolean;
};

/** Opens, seals for and looks after the models that the console sets up. */
export const openModelsDesk = (options: DeskOptions): ModelsDesk => ({
  open: (organization, row) => openTarget(options, organization, row),
  seal: async (organization, target, key) => seal(await options.keys(), key, keyPurpose(organization, target)),
  discover: (organization, asked, signal) =>
    discoverModels(
      { ...asked, ask: asked.baseUrl === undefined ? undefined : options.fetchOf?.(organization) },
      signal,
    ),
  async mayReach(organization, url) {
    if (organization === DEFAULT_ORGANIZATION) return;
    await reach(new URL(url), options);
  },
});
