/** util.parseArgs. */
import { codedError, invalidArgType } from "../errors";

interface OptionConfig {
  type: "string" | "boolean";
  multiple?: boolean;
  short?: string;
  default?: unknown;
}

interface ParseConfig {
  args?: string[];
  options?: Record<string, OptionConfig>;
  strict?: boolean;
  allowPositionals?: boolean;
  allowNegative?: boolean;
  tokens?: boolean;
}

type Token =
  | { kind: "option"; name: string; rawName: string; index: number; value: string | undefined; inlineValue: boolean | undefined }
  | { kind: "positional"; index: number; value: string }
  | { kind: "option-terminator"; index: number };

export function parseArgs(config: ParseConfig = {}): { values: Record<string, unknown>; positionals: string[]; tokens?: Token[] } {
  const args = config.args ?? process.argv.slice(2);
  const strict = config.strict ?? true;
  const allowPositionals = config.allowPositionals ?? !strict;
  const options = config.options ?? {};
  for (const [name, o] of Object.entries(options)) {
    if (o.type !== "string" && o.type !== "boolean") throw invalidArgType(`options.${name}.type`, ["'string'", "'boolean'"].map((s) => s), o.type);
  }
  const tokens = tokenize(args, options, config.allowNegative ?? false);
  const values = Object.create(null) as Record<string, unknown>;
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (!allowPositionals) {
        throw codedError("ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL", `Unexpected argument '${token.value}'. This command does not take positional arguments`, TypeError);
      }
      positionals.push(token.value);
    }
    if (token.kind !== "option") continue;
    const o = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    const short = o?.short ? `-${o.short}, ` : "";
    if (strict) {
      if (!o) {
        const hint = allowPositionals ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- ${JSON.stringify(token.rawName)}` : "";
        throw codedError("ERR_PARSE_ARGS_UNKNOWN_OPTION", `Unknown option '${token.rawName}'${hint}`, TypeError);
      }
      if (o.type === "string" && typeof token.value !== "string") {
        throw codedError("ERR_PARSE_ARGS_INVALID_OPTION_VALUE", `Option '${short}--${token.name} <value>' argument missing`, TypeError);
      }
      if (o.type === "boolean" && token.value !== undefined) {
        throw codedError("ERR_PARSE_ARGS_INVALID_OPTION_VALUE", `Option '${short}--${token.name}' does not take an argument`, TypeError);
      }
    }
    if (token.name === "__proto__") continue;
    const negated = config.allowNegative && !o && token.name.startsWith("no-");
    const value: unknown = token.value ?? !negated;
    if (o?.multiple) ((values[token.name] ??= []) as unknown[]).push(value);
    else values[negated ? token.name.slice(3) : token.name] = value;
  }
  for (const [name, o] of Object.entries(options)) if (o.default !== undefined && values[name] === undefined) values[name] = o.default;
  return config.tokens ? { values, positionals, tokens } : { values, positionals };
}

function tokenize(args: string[], options: Record<string, OptionConfig>, allowNegative: boolean): Token[] {
  const tokens: Token[] = [];
  const byShort = (c: string): string => Object.entries(options).find(([, o]) => o.short === c)?.[0] ?? c;
  const takesValue = (name: string): boolean => Object.hasOwn(options, name) && options[name]!.type === "string";
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const index = i;
    if (arg === "--") {
      tokens.push({ kind: "option-terminator", index });
      for (let j = i + 1; j < args.length; j++) tokens.push({ kind: "positional", index: j, value: args[j]! });
      break;
    }
    if (arg.startsWith("--") && arg.length > 2) {
      const eq = arg.indexOf("=", 3);
      const name = eq < 0 ? arg.slice(2) : arg.slice(2, eq);
      if (eq >= 0) tokens.push({ kind: "option", name, rawName: `--${name}`, index, value: arg.slice(eq + 1), inlineValue: true });
      else if (takesValue(name) && i + 1 < args.length && !(allowNegative && name.startsWith("no-"))) {
        tokens.push({ kind: "option", name, rawName: `--${name}`, index, value: args[++i], inlineValue: false });
      } else tokens.push({ kind: "option", name, rawName: `--${name}`, index, value: undefined, inlineValue: undefined });
    } else if (arg.startsWith("-") && arg.length > 1) {
      for (let j = 1; j < arg.length; j++) {
        const name = byShort(arg[j]!);
        const rawName = `-${arg[j]}`;
        if (!takesValue(name)) {
          tokens.push({ kind: "option", name, rawName, index, value: undefined, inlineValue: undefined });
          continue;
        }
        if (j + 1 < arg.length) tokens.push({ kind: "option", name, rawName, index, value: arg.slice(j + 1), inlineValue: true });
        else tokens.push({ kind: "option", name, rawName, index, value: i + 1 < args.length ? args[++i] : undefined, inlineValue: false });
        break;
      }
    } else tokens.push({ kind: "positional", index, value: arg });
  }
  return tokens;
}
