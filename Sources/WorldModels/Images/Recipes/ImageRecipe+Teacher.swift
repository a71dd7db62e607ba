extension ImageRecipe {
    /// Prediction of what a slow copy of the encoder sees, which no gradient reaches, and inverse dynamics: BYOL (Grill et
    /// al., arXiv:2006.07733) for world models, as in BYOL-Explore (Guo et al., arXiv:2206.08332). The half-life stays what it is;
    /// BYOL's decay goes from 0.996 to 1 over the run.
    public static let teacher: ImageRecipe = {
        var recipe = ImageRecipe("teacher", summary: "prediction of an EMA teacher, and inverse dynamics (BYOL)")
        recipe.teacherHalfLife = 100
        recipe.inverse = 1
        return recipe
    }()
}
