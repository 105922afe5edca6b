export default function A(){return <em>A!</em>}
