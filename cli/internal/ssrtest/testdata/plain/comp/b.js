export default function B(){return <em>B!</em>}
