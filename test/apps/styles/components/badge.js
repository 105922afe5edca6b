import css from "styled-jsx/css";

const shared = css`
  b {
    border-top: 4px solid rgb(1, 1, 1);
  }
`;

const everywhere = css.global`
  html {
    margin-left: 6px;
  }
`;

const link = css.resolve`
  a {
    color: rgb(2, 2, 2);
  }
`;

/** A badge whose color only its own element gets. */
export default function Badge({ id, color }) {
  return (
    <div data-testid={id}>
      <b id={id} className="badge">
        {id}
      </b>
      <a id={id + "-link"} className={link.className}>
        resolved
      </a>
      {link.styles}
      <style jsx>{shared}</style>
      <style jsx global>
        {everywhere}
      </style>
      <style jsx>{`
        .badge {
          color: ${color};
        }
        @media (min-width: 1px) {
          .badge :global(i),
          div > .badge::before {
            content: "${color}";
          }
        }
      `}</style>
    </div>
  );
}
