import type { BudgetConfig } from '../model/budget-shape.ts';
import { environmentApp } from './apps.ts';
import type { NewBudget } from './budgets.ts';
import { deriveId } from './derive-id.ts';

/** A budget of the configuration, with the same id at every start: what was spent of it is still spent. */
export function fileBudget(given: BudgetConfig): NewBudget {
  const { scope, platform, install = '', channel = '', person = '', every, timeZone, dollars, alert } = given;
  return {
    id: deriveId('file-budget', scope, platform ?? '', install, channel, person, every),
    scope,
    app: platform && environmentApp(platform),
    install,
    channel,
    person,
    every,
    timeZone,
    dollars,
    alert: alert && { app: environmentApp(alert.platform), install: alert.install, channel: alert.channel },
  };
}
