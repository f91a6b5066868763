import type { Scenario } from '../scenario.ts';
import { clockScenarios } from './clock.ts';
import { databaseScenarios } from './database.ts';
import { deliveryScenarios } from './deliveries.ts';
import { discordScenarios } from './discord.ts';
import { modelScenarios } from './models.ts';
import { platformScenarios } from './platforms.ts';
import { processScenarios } from './processes.ts';

export const scenarios: readonly Scenario[] = [
  ...processScenarios,
  ...databaseScenarios,
  ...clockScenarios,
  ...platformScenarios,
  ...deliveryScenarios,
  ...discordScenarios,
  ...modelScenarios,
];
