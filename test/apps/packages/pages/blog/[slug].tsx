import type { GetStaticPaths, GetStaticProps } from "next";
import { ArticleJsonLd, NextSeo } from "next-seo";
import ReactMarkdown from "react-markdown";
import { read, slugs } from "@/lib/posts";

type Post = Awaited<ReturnType<typeof read>>;

export default function Page({ title, date, tags, excerpt, html }: Post) {
  return (
    <article>
      <NextSeo title={title} description={excerpt} openGraph={{ title, images: [{ url: "https://example.com/a.png", width: 8, height: 6 }] }} />
      <ArticleJsonLd url="https://example.com/a" title={title} images={[]} datePublished={date} authorName="Ada" description={excerpt} />
      <time id="date">{date}</time>
      <p id="tags">{tags.join(" ")}</p>
      <div id="excerpt"><ReactMarkdown>{"*" + excerpt.trim() + "*"}</ReactMarkdown></div>
      <div id="body" dangerouslySetInnerHTML={{ __html: html }} />
    </article>
  );
}

export const getStaticPaths: GetStaticPaths = async ({ locales = [undefined] }: { locales?: (string | undefined)[] }) => ({
  paths: locales.flatMap((locale) => slugs().map((slug) => ({ params: { slug }, locale }))),
  fallback: false,
});

export const getStaticProps: GetStaticProps<Post> = async ({ params }) => ({ props: await read(String(params!.slug)) });
