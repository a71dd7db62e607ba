/// What this build is.
public enum Version {
    /// The version of Foresight.
    public static let foresight = "0.1.0-dev"

    /// The Swift compiler that built it, as far as the code can tell.
    public static var swift: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #elseif compiler(>=6.2)
            "6.2"
        #else
            "6.1"
        #endif
    }

    /// Operating system and processor, such as "Linux x86_64".
    public static var platform: String {
        #if os(macOS)
            let system = "macOS"
        #elseif os(Linux)
            let system = "Linux"
        #else
            let system = "other"
        #endif
        #if arch(x86_64)
            return system + " x86_64"
        #elseif arch(arm64)
            return system + " arm64"
        #else
            return system
        #endif
    }
}
