/// What a mark is drawn with: a colour of the palette, light and dark.
///
/// The hues are those of Okabe and Ito ("Color Universal Design", 2008), which people with the common colour-vision
/// deficiencies can tell apart, shifted in lightness where the contrast to the page would fall below 3 : 1. Charts also
/// vary the dash pattern, so that no reading depends on colour alone.
public enum Ink: String, Sendable, CaseIterable {
    /// Text colour: measured truth.
    case foreground
    /// Grey: context, past, alternatives.
    case muted
    /// Blue: the model.
    case blue
    /// Orange-red: a competitor, the second signal.
    case vermilion
    /// Green: targets and what holds.
    case green
    /// Purple.
    case purple
    /// Ochre.
    case orange
    /// Light blue.
    case sky
    /// Red: limits, violations.
    case danger

    /// The inks of successive series that have no meaning of their own.
    public static let sequence: [Ink] = [.blue, .vermilion, .green, .purple, .orange, .sky]

    /// The colour of series number `index`; colours repeat after six.
    public static func series(_ index: Int) -> Ink { sequence[index % sequence.count] }

    /// The colour on a light page, `#rrggbb`.
    var light: String {
        switch self {
        case .foreground: "#1b1f24"
        case .muted: "#6a737d"
        case .blue: "#0072b2"
        case .vermilion: "#cc5a00"
        case .green: "#008f68"
        case .purple: "#aa4f86"
        case .orange: "#a87000"
        case .sky: "#2b8cc4"
        case .danger: "#b3261e"
        }
    }

    /// The colour on a dark page, `#rrggbb`.
    var dark: String {
        switch self {
        case .foreground: "#e6edf3"
        case .muted: "#9aa5b1"
        case .blue: "#56b4e9"
        case .vermilion: "#ff8a4c"
        case .green: "#2fc79a"
        case .purple: "#e39bc6"
        case .orange: "#e6b030"
        case .sky: "#a5d8f7"
        case .danger: "#ff6b6b"
        }
    }
}

/// How a line is broken.
public enum Dash: String, Sendable, CaseIterable {
    /// Unbroken.
    case solid
    /// Long dashes.
    case dashed
    /// Dots.
    case dotted
}
