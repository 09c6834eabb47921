using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Customers;

/// <summary>A list of customers.</summary>
public sealed class CustomerFilter
{
    /// <summary>Looked after by this person.</summary>
    [FromQuery(Name = "ownerId")] public Guid? OwnerId { get; init; }
    /// <summary>Of this department.</summary>
    [FromQuery(Name = "departmentId")] public Guid? DepartmentId { get; init; }
    /// <summary>From this source.</summary>
    [FromQuery(Name = "source")] public string? Source { get; init; }
}

/// <summary>Looks customers up by what must not stand in an address, where logs would keep it.</summary>
public sealed record FindCustomers
{
    /// <summary>Text in the name or the company.</summary>
    [StringLength(100), Personal(DataClass.Identity)] public string? Q { get; init; }
    /// <summary>Exactly this phone number, or these last four digits.</summary>
    [StringLength(32), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>Exactly this e-mail address.</summary>
    [StringLength(254), Personal(DataClass.Contact)] public string? Email { get; init; }
    /// <summary>Exactly this identity number, or these last four characters.</summary>
    [StringLength(30), Personal(DataClass.IdentityDocument)] public string? IdentityNumber { get; init; }
    /// <summary>How many; 1 to 200, default 50.</summary>
    [Range(1, 200)] public int? Limit { get; init; }
    /// <summary>From the page before: its <c>nextCursor</c>.</summary>
    [StringLength(500), NotPersonal] public string? Cursor { get; init; }
}

/// <summary>Customers and the recycle bin: /customers, /recycle-bin.</summary>
public static class CustomersApi
{
    private const int LastFour = 4;

    private static readonly Dictionary<string, SortKey<CustomerRow>> Sorts = new()
    {
        ["createdAt"] = new("id", row => row.Id),
        ["updatedAt"] = new("updated_at", row => row.UpdatedAt),
    };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapCustomersApi(this RouteGroupBuilder api)
    {
        var customers = api.MapGroup("/customers").WithTags("Customers").RequireAuthorization(Policies.Staff).WithMetadata(new AboutSubject());
        customers.MapPost("", CreateAsync).WithSummary("Makes a customer; the caller looks after them unless another is named.");
        customers.MapGet("", (
            [AsParameters] CustomerFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, CustomerLists lists, CancellationToken cancellationToken) =>
            ListAsync(filter, request, deleted: false, call, context, lists, cancellationToken)).WithName("listCustomers").WithSummary("Customers the caller may see, masked.");
        customers.MapPost("/search", FindAsync).WithSummary("Finds customers by name, or by exact phone, e-mail or identity number or their last four; what is looked for stays out of addresses and logs.");
        customers.MapGet("/{id:guid}", GetAsync).WithSummary("A customer as it is now, masked.");
        customers.MapPatch("/{id:guid}", ChangeAsync).WithSummary("Changes what is given; sensitive fields need the customer's own consent to their class.");
        customers.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Puts a customer into the recycle bin.");
        customers.MapPost("/{id:guid}/restore", RestoreAsync).WithSummary("Takes a customer out of the recycle bin.");
        customers.MapCustomerPrivacy();

        api.MapGet("/recycle-bin", (
            [AsParameters] CustomerFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, CustomerLists lists, CancellationToken cancellationToken) =>
            ListAsync(filter, request, deleted: true, call, context, lists, cancellationToken))
            .WithTags("Customers").RequireAuthorization(Policies.Staff).WithName("listRecycleBin").WithSummary("Deleted customers the caller may see (客户回收站).");
        return api;
    }

    private static async Task<Results<Created<CustomerView>, ProblemHttpResult>> CreateAsync(SaveCustomer command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        Normalize(command) is var input && !input.Ok
            ? Problems.From(input.Refusal)
            : (await grains.Grain<ICustomerGrain>(call.NewId()).CreateAsync(input.Value, call.Context, cancellationToken))
                .Created(context, customer => $"/api/v1/customers/{customer.Id}");

    private static async Task<Results<Ok<Page<CustomerView>>, ProblemHttpResult>> ListAsync(
        CustomerFilter filter, ListRequest request, bool deleted, Call call, HttpContext context, CustomerLists lists, CancellationToken cancellationToken) =>
        (await lists.ReadAsync(filter, request, new(), deleted, call.By, Sorts, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<Page<CustomerView>>, ProblemHttpResult>> FindAsync(FindCustomers find, Call call, HttpContext context, CustomerLists lists, CancellationToken cancellationToken) =>
        (await lists.ReadAsync(new(), new() { Q = find.Q, Limit = find.Limit, Cursor = find.Cursor }, find, deleted: false, call.By, Sorts, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        var outcome = await grains.Grain<ICustomerGrain>(id).GetAsync(call.By, cancellationToken);
        if (outcome.Ok)
        {
            await grains.AuditAsync(id, [new() { Id = Ids.New(clock), At = clock.GetUtcNow(), ActorId = call.By.UserId, Action = "customer.read", SubjectId = id, Classes = [DataClass.Identity] }], cancellationToken);
        }

        return outcome.Ok(context);
    }

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> ChangeAsync(Guid id, SaveCustomer command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        Normalize(command) is var input && !input.Ok
            ? Problems.From(input.Refusal)
            : (await grains.Grain<ICustomerGrain>(id).ChangeAsync(input.Value, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> DeleteAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).DeleteAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> RestoreAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).RestoreAsync(call.Context, cancellationToken)).Ok(context);

    private static Outcome<SaveCustomer> Normalize(SaveCustomer command)
    {
        var phone = PhoneInputs.Normalize(command.Phone, "phone");
        return phone.Ok ? Outcome.Of(command with { Phone = phone.Value.Number }, 0) : phone.Refusal;
    }

    /// <summary>Adds "with this value", or "with these last four characters" for a text of four.</summary>
    internal static ListQuery<CustomerRow> Exact(this ListQuery<CustomerRow> query, string? value, string column, Func<string?, string?> index, string last4Column, Func<string?, string?> last4)
    {
        var trimmed = value?.Trim();
        return trimmed is not { Length: > 0 } ? query
            : trimmed.Length == LastFour ? query.Where($"{last4Column} = @{last4Column}", last4Column, last4(trimmed))
            : query.Where($"{column} = @{column}", column, index(trimmed));
    }
}
