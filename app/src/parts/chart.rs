//! Charts drawn on the server as SVG, with the same figures as a table for whoever does not see them.

use leptos::prelude::*;

/// Width of a chart in its own units; it is scaled to its place.
const WIDTH: i64 = 420;
/// Height of the part with columns.
const HEIGHT: i64 = 100;
/// Height of the line of labels below.
const LABELS: i64 = 18;
/// Width of the part of a bar's row with the name.
const NAME: i64 = 190;
/// Height of a bar's row.
const ROW: i64 = 26;

/// What a chart says.
pub struct Chart {
    /// Tells chart and table of a page apart.
    pub id: &'static str,
    pub title: String,
    /// Heads of the table's two columns.
    pub heads: [&'static str; 2],
    /// What opens the table.
    pub as_table: &'static str,
    /// Label and figure; figures below nothing count as nothing.
    pub figures: Vec<(String, i64)>,
    /// From here on figures are expected, not seen.
    pub expected_from: Option<usize>,
}

/// A column for each figure.
pub fn columns(chart: Chart) -> AnyView {
    let count = i64::try_from(chart.figures.len()).unwrap_or(1).max(1);
    let most = highest(&chart.figures);
    let step = WIDTH / count;
    let bars: Vec<_> = (0..)
        .zip(&chart.figures)
        .map(|(place, (label, figure)): (i64, _)| {
            let height = scaled(*figure, HEIGHT, most);
            let is_expected = chart.expected_from.is_some_and(|from| place >= i64::try_from(from).unwrap_or(i64::MAX));
            let class = if is_expected { "bar is-expected" } else { "bar" };
            let every = (place == 0 || (place + 1) % 5 == 0).then(|| {
                let (x, y) = (place * step + step / 2, HEIGHT + LABELS - 4);
                view! { <text x=x y=y text-anchor="middle">{label.clone()}</text> }
            });
            view! {
                <rect class=class x={place * step + 1} y={HEIGHT - height} width={(step - 2).max(1)} height=height rx="1"></rect>
                {every}
            }
        })
        .collect();
    framed(chart, HEIGHT + LABELS, bars.into_any())
}

/// A row for each figure, with its name.
pub fn rows(chart: Chart) -> AnyView {
    let most = highest(&chart.figures);
    let count = i64::try_from(chart.figures.len()).unwrap_or(1);
    let bars: Vec<_> = (0..)
        .zip(&chart.figures)
        .map(|(place, (label, figure)): (i64, _)| {
            let width = scaled(*figure, WIDTH - NAME - 60, most).max(1);
            let (label, y) = (label.clone(), place * ROW);
            view! {
                <text x="0" y={y + 17}>{label}</text>
                <rect class="bar" x=NAME y={y + 5} width=width height={ROW - 10} rx="1"></rect>
                <text x={NAME + width + 6} y={y + 17}>{figure.to_string()}</text>
            }
        })
        .collect();
    framed(chart, count * ROW, bars.into_any())
}

fn framed(chart: Chart, height: i64, drawn: AnyView) -> AnyView {
    let Chart { id, title, heads, as_table, figures, .. } = chart;
    let lines: Vec<_> = figures
        .into_iter()
        .map(|(label, figure)| view! { <tr><th scope="row" dir="auto">{label}</th><td>{figure}</td></tr> })
        .collect();
    let heads = heads.map(|head| view! { <th scope="col">{head}</th> }).to_vec();
    view! {
        <figure class="chart" data-chart=id>
            <figcaption id=id>{title.clone()}</figcaption>
            <svg role="img" aria-labelledby=id viewBox=format!("0 0 {WIDTH} {height}") preserveAspectRatio="xMinYMin meet">
                {drawn}
            </svg>
            <details class="fold">
                <summary>{as_table}</summary>
                <table class="figures">
                    <caption>{title}</caption>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </details>
        </figure>
    }
    .into_any()
}

fn highest(figures: &[(String, i64)]) -> i64 {
    figures.iter().map(|(_, figure)| *figure).max().unwrap_or(0).max(1)
}

/// A figure's length where the highest has `whole`; whatever is more than nothing is seen.
fn scaled(figure: i64, whole: i64, most: i64) -> i64 {
    let length = i128::from(figure.max(0)) * i128::from(whole) / i128::from(most.max(1));
    i64::try_from(length).unwrap_or(whole).max(i64::from(figure > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_in_proportion_and_nothing_is_too_large() {
        for (figure, most, expected) in
            [(50, 100, 50), (100, 100, 100), (0, 100, 0), (-5, 100, 0), (1, 1_000_000, 1), (i64::MAX, i64::MAX, 100)]
        {
            assert_eq!(scaled(figure, HEIGHT, most), expected, "{figure} of {most}");
        }
        assert_eq!(highest(&[]), 1);
    }
}
