import fs from "fs";
import path from "path";
import matter from "gray-matter";
import { remark } from "remark";
import html from "remark-html";
import gfm from "remark-gfm";

const folder = path.join(process.cwd(), "content");

export const slugs = () => fs.readdirSync(folder).filter((file) => file.endsWith(".md")).map((file) => file.replace(/\.md$/, ""));

export async function read(slug: string) {
  const { data, content, excerpt } = matter(fs.readFileSync(path.join(folder, slug + ".md"), "utf8"), { excerpt: true });
  const body = await remark().use(gfm).use(html).process(content);
  return { slug, title: String(data.title), date: (data.date as Date).toISOString(), tags: data.tags as string[], excerpt: excerpt ?? "", html: String(body) };
}
