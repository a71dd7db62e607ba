import Foundation

/// A picture of pixels on a page, inside the page itself.
public struct Picture: Sendable {
    /// The heading above.
    public var title: String
    /// What to see in it; also what is read out in its place.
    public var note: String
    private let source: String
    private let width: Int

    /// Creates a picture from the bytes of a PNG or GIF file, shown `width` pixels wide at most.
    public init(_ file: [UInt8], title: String, note: String, width: Int) {
        self.title = title
        self.note = note
        self.width = width
        let kind = file.starts(with: [0x47, 0x49, 0x46]) ? "gif" : "png"
        source = "data:image/\(kind);base64,\(Data(file).base64EncodedString())"
    }

    var html: String {
        "<figure><figcaption><h3>\(escaped(title))</h3><p class=\"caption\">\(escaped(note))</p></figcaption>\n"
            // Pixels stay squares when they are shown larger than they are.
            + "<img src=\"\(source)\" alt=\"\(escaped(note))\" "
            + "style=\"width:\(width)px;max-width:100%;height:auto;image-rendering:pixelated\"/></figure>"
    }
}

extension Block {
    /// A picture of pixels.
    public static func picture(_ picture: Picture) -> Block { Block(html: picture.html) }
}
