using LimoCha.Actors.Consent;

namespace LimoCha.Actors.Disclosures;

/// <summary>Who does not see a disclosure, as conditions for queries.</summary>
internal static class DisclosureQueries
{
    /// <summary>Of disclosures: none about this person, whose own office work it would be.</summary>
    public static string NotAbout(string person) => $"NOT (subject = {(int)SubjectKind.Staff} AND subject_id = {person})";

    /// <summary>
    /// Of audit entries that their subject sees: nothing of a disclosure that is secret today. An entry that no disclosure in the read
    /// model explains yet is not shown either; while one demand of an authority is secret, its other demands about the same person are.
    /// </summary>
    public static string ToldToSubject(string subject, string today) =>
        $"""
        (COALESCE(purpose, '') NOT IN ('{Purposes.LegalDisclosure}', '{Purposes.StaffDisclosure}')
            OR recipient IN (SELECT authority FROM disclosure WHERE subject_id = {subject})
            AND recipient NOT IN (SELECT authority FROM disclosure WHERE subject_id = {subject} AND secret_until >= {today}))
        """;

    /// <summary>A day as the read model has it.</summary>
    public static string Day(DateOnly day) => day.ToString(DisclosureKind.DayFormat, System.Globalization.CultureInfo.InvariantCulture);
}
