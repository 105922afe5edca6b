/** What the npm package `url` asks of `qs`, answered by node:querystring. */
import { querystringModule } from "./querystring";

export const parse = (text: string): unknown => querystringModule.parse(text);
export const stringify = (query: unknown): string => querystringModule.stringify(query);
