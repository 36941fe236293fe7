// Rules of other systems and templates: reading, writing, filling in, trying out. Nothing of it is saved.

import { all } from "./castellan";
import { ask } from "./http";
import type { ExportedRule, ImportedRules, RuleFormat, RuleTemplate, RuleTemplateInstance, SqlSample, SqlTrial } from "./types";

const id = encodeURIComponent;

/** What somebody says about a text: what its names are here, and the inputs of a blueprint. */
export interface Given {
  mapping: Readonly<Record<string, string>>;
  inputs: Readonly<Record<string, unknown>>;
}

/** Reads rules of another system. */
export const importRules = (format: RuleFormat, text: string, given: Given) => ask<ImportedRules>("POST", "/api/rules/import", { format, text, ...given });

/** A rule as another system reads it. */
export const exportRule = (rule: string, format: RuleFormat) => ask<ExportedRule>("GET", `/api/rules/${id(rule)}/export?format=${format}`);

export const ruleTemplates = () => all<RuleTemplate>("/api/rules/templates");
export const fillTemplate = (template: string, values: Readonly<Record<string, unknown>>) => ask<RuleTemplateInstance>("POST", `/api/rules/templates/${id(template)}/instantiate`, { values });

/** What a stream rule makes of one message. */
export const trySql = (sql: string, sample: SqlSample) => ask<SqlTrial>("POST", "/api/rules/sql/test", { sql, sample });
