import type { Scenario } from '../scenario.ts';
import { processScenarios } from './processes.ts';

export const scenarios: readonly Scenario[] = [...processScenarios];
