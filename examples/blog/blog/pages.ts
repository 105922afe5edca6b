import { allPosts, type PostSummary } from "./posts";

export const postsPerPage = 10;

export interface ListPage {
  posts: PostSummary[];
  page: number;
  pages: number;
}

/** One page of the list of posts; the first is 1. */
export function listPage(page: number): ListPage {
  const posts = allPosts();
  const start = (page - 1) * postsPerPage;
  return {
    posts: posts.slice(start, start + postsPerPage),
    page,
    pages: Math.ceil(posts.length / postsPerPage),
  };
}
