import type { Config } from "tailwindcss";

export default { content: ["./pages/**/*.{ts,tsx,mdx}", "./components/**/*.tsx"], theme: { extend: { spacing: { odd: "13px" } } } } satisfies Config;
