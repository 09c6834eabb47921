using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Mail;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Incidents;

/// <inheritdoc cref="IIncidentGrain" />
[GrainType("incident")]
public sealed class IncidentGrain(IServiceProvider services) : DurableGrain<IncidentState, IncidentEvent>(IncidentEntityKind.Instance, services), IIncidentGrain
{
    private const int AtOnce = 32;
    private const int MostAttempts = 4;
    private const int MostContacts = 500;
    private readonly IIncidentSubjects subjects = services.GetRequiredService<IIncidentSubjects>();
    private readonly IMailer mailer = services.GetRequiredService<IMailer>();
    private readonly IStaffReadModel staff = services.GetRequiredService<IStaffReadModel>();
    private readonly CompanyDays days = services.GetRequiredService<CompanyDays>();
    private readonly CompanyOptions company = services.GetRequiredService<IOptions<CompanyOptions>>().Value;

    public Task<Outcome<IncidentView>> ReportAsync(ReportIncident command, CallContext context, CancellationToken cancellationToken = default) =>
        CountedAsync(context, (state, _) => IncidentRules.Report(state, command, context.By, Clock.GetUtcNow()), cancellationToken);

    public Task<Outcome<IncidentView>> ChangeAsync(ChangeIncident command, CallContext context, CancellationToken cancellationToken = default) =>
        CountedAsync(context, (state, _) => IncidentRules.Change(state, command, context.By), cancellationToken);

    public Task<Outcome<IncidentView>> MeasureAsync(IncidentMeasure command, CallContext context, CancellationToken cancellationToken = default) =>
        CountedAsync(context, (state, _) => IncidentRules.Measure(state, command, context.By, Clock.GetUtcNow()), cancellationToken);

    public async Task<Outcome<AffectedFound>> FindAffectedAsync(FindAffected command, CallContext context, CancellationToken cancellationToken = default)
    {
        if (IncidentRules.CheckFind(State, command, context.By) is { } no)
        {
            return no;
        }

        var found = await subjects.FindAsync(Id, command, cancellationToken);
        return await ExecuteAsync(context, state => IncidentRules.Found(state, found.Total), (_, _) => found);
    }

    public Task<Outcome<IncidentView>> NotifyAsync(CallContext context, CancellationToken cancellationToken = default) =>
        CountedAsync(context, (state, _) => IncidentRules.Notify(state, context.By), cancellationToken);

    public async Task<Outcome<IReadOnlyList<SubjectContact>>> ContactsAsync(NoticeChannel channel, Actor by, CancellationToken cancellationToken = default)
    {
        if (IncidentRules.Check(State, by) is { } no)
        {
            return no;
        }

        List<SubjectContact> contacts = [];
        foreach (var some in (await subjects.ToDoAsync(Id, channel, MostContacts, cancellationToken)).Chunk(AtOnce))
        {
            var known = await Task.WhenAll(some.Select(subject => CustomerAsync(subject.SubjectId, by, cancellationToken)));
            contacts.AddRange(known.OfType<CustomerView>().Select(customer => new SubjectContact
            {
                SubjectId = customer.Id, Name = customer.Name, Phone = channel == NoticeChannel.Phone ? customer.Phone : null, Address = channel == NoticeChannel.Letter ? customer.Address : null,
            }));
        }

        return Outcome.Of<IReadOnlyList<SubjectContact>>(contacts, Version);
    }

    public async Task<Outcome<IncidentView>> ReachedAsync(RecordReached command, CallContext context, CancellationToken cancellationToken = default)
    {
        if (IncidentRules.Check(State, context.By) is { } no)
        {
            return no;
        }

        var waiting = (await subjects.ReadAsync(Id, command.SubjectIds, cancellationToken)).Where(subject => subject.Progress == NoticeProgress.ToDo);
        await subjects.SetAsync(
            Id, [.. waiting.Select(subject => command.Reached ? subject with { Progress = NoticeProgress.Done } : subject with { Progress = NoticeProgress.Pending, Attempts = 0 })], cancellationToken);
        return await CountedAsync(context, (state, counts) => IncidentRules.Reached(state, counts, context.By), cancellationToken);
    }

    public Task<Outcome<IncidentView>> AnnounceAsync(CallContext context, CancellationToken cancellationToken = default) =>
        CountedAsync(context, (state, _) => IncidentRules.Announce(state, context.By), cancellationToken);

    public Task<Outcome<IncidentView>> ReportedAsync(RegulatorReport command, CallContext context, CancellationToken cancellationToken = default) =>
        CountedAsync(context, (state, _) => IncidentRules.Reported(state, command, context.By, Clock.GetUtcNow()), cancellationToken);

    public Task<Outcome<IncidentView>> CloseAsync(CallContext context, CancellationToken cancellationToken = default) =>
        CountedAsync(context, (state, counts) => IncidentRules.Close(state, counts, context.By), cancellationToken);

    public async Task<Outcome<IncidentView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        IncidentRules.MaySee(State, by) ? Outcome.Of(View(State, Version, await subjects.CountAsync(Id, cancellationToken)), Version) : Refusal.NotFound("incident");

    /// <summary>Tells the next few, or warns. What a crash interrupts is due again.</summary>
    public async Task OnDueAsync(CancellationToken cancellationToken = default)
    {
        if (!State.Telling)
        {
            await ExecuteAsync(Itself, state => IncidentRules.Warn(state, Clock.GetUtcNow()));
            return;
        }

        await TellNextAsync(cancellationToken);
        var counts = await subjects.CountAsync(Id, cancellationToken);
        await ExecuteAsync(Itself, state => IncidentRules.Told(state, counts));
    }

    protected override async Task TellAsync(IncidentState state, int version, IReadOnlyList<Committed<IncidentEvent>> facts)
    {
        await base.TellAsync(state, version, facts);
        foreach (var fact in facts.Where(fact => fact.Event is IncidentReported or IncidentWarned))
        {
            var office = await staff.WithRoleAsync(Role.PrivacyOfficer);
            if (office.Count == 0)
            {
                continue;
            }

            var (what, due) = fact.Event switch
            {
                IncidentWarned { Regulator: true } => ("监管报告期限 / Report to the authority due", IncidentRules.RegulatorDue(state)),
                IncidentWarned => ("通知期限 / Notices to subjects due", IncidentRules.NoticesDue(state)),
                _ => ("新的安全事件，监管报告期限 / New incident, report to the authority due", IncidentRules.RegulatorDue(state)),
            };
            var notice = Ids.Derived(fact.At, Id, $"notice/{fact.Version}/{fact.Seq}");
            await GrainFactory.Grain<INoticeGrain>(notice).PublishAsync(
                new()
                {
                    Title = $"{what} {TimeZoneInfo.ConvertTime(due, days.Zone):yyyy-MM-dd HH:mm}", Body = $"/privacy/incidents/{Id}", Category = "privacy", Mandatory = true,
                    Audience = new() { Kind = AudienceKind.People, UserIds = [.. office.Take(500)] },
                },
                new(Actor.System, notice));
        }
    }

    /// <summary>
    /// Asks each subject's own actor for what reaches them, at this moment. The mail's id follows from incident and subject: one that was
    /// sent in the moment of a crash is sent again as the same mail.
    /// </summary>
    private async Task TellNextAsync(CancellationToken cancellationToken)
    {
        var next = await subjects.PendingAsync(Id, AtOnce, cancellationToken);
        var told = await Task.WhenAll(next.Select(subject => subject.Kind == SubjectKind.Staff ? PushAsync(subject, cancellationToken) : ChooseAsync(subject, cancellationToken)));
        var mails = told.Where(item => item.Mail is not null).ToList();
        var outcomes = mails.Count == 0 ? [] : await mailer.SendAsync([.. mails.Select(item => item.Mail!)], cancellationToken);
        var sent = mails.Zip(outcomes, (item, outcome) => outcome switch
        {
            MailOutcome.Sent => item.Subject with { Progress = NoticeProgress.Sent },
            MailOutcome.Refused => item.Subject with { Attempts = MostAttempts },
            _ => item.Subject with { Attempts = item.Subject.Attempts + 1 },
        });
        await subjects.SetAsync(Id, [.. told.Where(item => item.Mail is null).Select(item => item.Subject), .. sent], cancellationToken);
    }

    /// <summary>To their devices; who has no account any more hears of it by the announcement.</summary>
    private async Task<(AffectedSubject Subject, OutgoingMail? Mail)> PushAsync(AffectedSubject subject, CancellationToken cancellationToken)
    {
        if ((await GrainFactory.Grain<IUserGrain>(subject.SubjectId).GetAsync(Actor.System, cancellationToken)).Value is not { Enabled: true })
        {
            return (subject with { Channel = NoticeChannel.Announcement, Progress = NoticeProgress.Unreachable }, null);
        }

        var notice = Ids.Derived(State.NoticesBegunAt!.Value, Id, $"subject/{subject.SubjectId:N}");
        await GrainFactory.Grain<INoticeGrain>(notice).PublishAsync(
            new()
            {
                Title = "安全事件通知 / Security incident notice", Body = IncidentTexts.Notice(State, company), Category = "security", Mandatory = true,
                Audience = new() { Kind = AudienceKind.People, UserIds = [subject.SubjectId] },
            },
            new(Actor.System, notice), cancellationToken);
        return (subject with { Channel = NoticeChannel.Push, Progress = NoticeProgress.Sent }, null);
    }

    /// <summary>By mail where that can be; else by phone, else by letter, else the announcement is all there is.</summary>
    private async Task<(AffectedSubject Subject, OutgoingMail? Mail)> ChooseAsync(AffectedSubject subject, CancellationToken cancellationToken)
    {
        var customer = await CustomerAsync(subject.SubjectId, Actor.System, cancellationToken);
        (NoticeChannel Channel, bool Possible)[] ways =
        [
            (NoticeChannel.Mail, customer?.Email is not null && mailer.On && subject.Attempts < MostAttempts),
            (NoticeChannel.Phone, customer?.Phone is not null), (NoticeChannel.Letter, customer?.Address is not null), (NoticeChannel.Announcement, true),
        ];
        // Whom a person could not reach is tried by the next way, and never by the same again.
        var beyond = subject.Channel is { } tried and not NoticeChannel.Mail ? Array.FindIndex(ways, way => way.Channel == tried) : -1;
        var chosen = ways.Where((way, i) => way.Possible && i > beyond).Select(way => way.Channel).FirstOrDefault(NoticeChannel.Announcement);
        subject = subject with
        {
            Channel = chosen, Progress = chosen switch { NoticeChannel.Mail => NoticeProgress.Pending, NoticeChannel.Announcement => NoticeProgress.Unreachable, _ => NoticeProgress.ToDo },
        };
        return (subject, chosen == NoticeChannel.Mail ? new($"incident-{Id:N}-{subject.SubjectId:N}", customer!.Email!, IncidentTexts.Subject(company), IncidentTexts.Notice(State, company)) : null);
    }

    private async Task<CustomerView?> CustomerAsync(Guid id, Actor by, CancellationToken cancellationToken)
    {
        var use = new DataUse { Kind = UseKind.Message, Purpose = Purposes.IncidentNotice, Reason = $"incident {Id}" };
        return (await GrainFactory.Grain<ICustomerGrain>(id).UseAsync(use, new(by, Ids.New(Clock)), cancellationToken)).Value?.Customer;
    }

    private async Task<Outcome<IncidentView>> CountedAsync(CallContext context, Func<IncidentState, NoticeCounts, Decision<IncidentEvent>> decide, CancellationToken cancellationToken)
    {
        var counts = await subjects.CountAsync(Id, cancellationToken);
        return await ExecuteAsync(context, state => decide(state, counts), (state, version) => View(state, version, counts));
    }

    private IncidentView View(IncidentState state, int version, NoticeCounts counts) =>
        IncidentEntityKind.View(IncidentEntityKind.Row(Id, state, version), Clock.GetUtcNow()) with
        {
            Description = state.Description, Impact = state.Impact, Advice = state.Advice, Remedy = state.Remedy, Classes = state.Classes, Measures = state.Measures, Reports = state.Reports, Notices = counts,
            Missing = state.Stage == IncidentStage.Closed ? [] : IncidentRules.Missing(state, counts),
        };
}
