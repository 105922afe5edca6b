import fs from "node:fs";
import path from "node:path";
import matter from "gray-matter";
import { marked } from "marked";

const folder = path.join(process.cwd(), "content");

/** What lists and search show of a post. */
export interface PostSummary {
  slug: string;
  title: string;
  /** ISO day, "2025-03-14". */
  date: string;
  tags: string[];
  excerpt: string;
  minutes: number;
}

interface Source extends PostSummary {
  body: string;
}

let loaded: Source[] | undefined;

/** All posts, newest first, read once per process. */
function sources(): Source[] {
  loaded ??= fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map(read)
    .sort((a, b) => b.date.localeCompare(a.date) || a.slug.localeCompare(b.slug));
  return loaded;
}

function read(name: string): Source {
  const { data, content } = matter(fs.readFileSync(path.join(folder, name), "utf8"));
  const words = content.split(/\s+/).length;
  return {
    slug: name.slice(0, -".md".length),
    title: data.title,
    date: data.date,
    tags: data.tags,
    excerpt: data.excerpt,
    minutes: Math.max(1, Math.round(words / 200)),
    body: content,
  };
}

function summary({ body: _, ...post }: Source): PostSummary {
  return post;
}

export function allPosts(): PostSummary[] {
  return sources().map(summary);
}

export async function renderPost(slug: string): Promise<{ post: PostSummary; html: string } | undefined> {
  const source = sources().find((post) => post.slug === slug);
  if (!source) return undefined;
  return { post: summary(source), html: await marked.parse(source.body) };
}

/** The posts before and after, and up to three that share most tags. */
export function neighbours(slug: string) {
  const posts = allPosts();
  const at = posts.findIndex((post) => post.slug === slug);
  const own = new Set(posts[at].tags);
  const shared = (post: PostSummary) => post.tags.filter((tag) => own.has(tag)).length;
  return {
    newer: posts[at - 1] ?? null,
    older: posts[at + 1] ?? null,
    related: posts
      .filter((post) => post.slug !== slug && shared(post) > 0)
      .sort((a, b) => shared(b) - shared(a) || b.date.localeCompare(a.date))
      .slice(0, 3),
  };
}

export interface TagCount {
  tag: string;
  count: number;
}

export function allTags(): TagCount[] {
  const counts = new Map<string, number>();
  for (const post of sources()) {
    for (const tag of post.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => a.tag.localeCompare(b.tag));
}

export function postsWithTag(tag: string): PostSummary[] {
  return allPosts().filter((post) => post.tags.includes(tag));
}

/** Posts that hold every word of the query; matches in the title come first. */
export function searchPosts(query: string, limit = 20): PostSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const inTitle = (post: Source) => words.filter((word) => post.title.toLowerCase().includes(word)).length;
  return sources()
    .filter((post) => {
      const text = `${post.title} ${post.tags.join(" ")} ${post.body}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => inTitle(b) - inTitle(a))
    .slice(0, limit)
    .map(summary);
}
