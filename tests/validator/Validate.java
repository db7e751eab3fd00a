import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Validates each JSON file of a folder as FHIR R4, and against the profiles of its type in further folders.
 * java -cp "lib/*" Validate.java KNOWN ORDERS [PROFILES...]; exit status 1 when a message is an error that no line of
 * the file KNOWN is part of, or nothing was validated.
 */
@SuppressWarnings("deprecation") // code systems that are not at hand (RxNorm, LOINC, SNOMED CT) are no errors of an order
public class Validate {
  private static final FhirContext FHIR = FhirContext.forR4();
  private static final Pattern DEFINITION = Pattern.compile(
      "(\"resourceType\"\\s*:\\s*\"|\\A\\s*(<\\?xml[^>]*>\\s*)?<)(StructureDefinition|ValueSet|CodeSystem)\\b");

  public static void main(String[] folders) throws IOException {
    PrePopulatedValidationSupport loaded = new PrePopulatedValidationSupport(FHIR);
    List<StructureDefinition> profiles = new ArrayList<>();
    List<String> known = Files.readAllLines(Path.of(folders[0])).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    for (int n = 2; n < folders.length; n++) {
      load(Path.of(folders[n]), loaded, profiles);
    }
    profiles.forEach(profile -> System.out.println("profile " + profile.getUrl()));
    FhirValidator validator = FHIR.newValidator().registerValidatorModule(new FhirInstanceValidator(support(loaded)));
    Map<String, Integer> told = new TreeMap<>();
    int orders = 0;
    for (Path order : files(Path.of(folders[1]), ".json")) {
      orders++;
      validate(validator, order, profiles, told);
    }
    told.forEach((message, times) -> System.out.println(times + " x " + message));
    long errors = told.keySet().stream().filter(Validate::isError)
        .filter(message -> known.stream().noneMatch(message::contains)).mapToLong(told::get).sum();
    long all = told.values().stream().mapToLong(Integer::longValue).sum();
    System.out.printf("%d shapes of orders, %d profiles: %d errors, %d other messages%n",
        orders, profiles.size(), errors, all - errors);
    System.exit(errors > 0 || orders == 0 ? 1 : 0);
  }

  private static boolean isError(String message) {
    return message.startsWith(ResultSeverityEnum.ERROR.name()) || message.startsWith(ResultSeverityEnum.FATAL.name());
  }

  private static IValidationSupport support(IValidationSupport loaded) {
    UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(FHIR);
    unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.INFORMATION);
    return new ValidationSupportChain(new DefaultProfileValidationSupport(FHIR), loaded,
        new CommonCodeSystemsTerminologyService(FHIR), new InMemoryTerminologyServerValidationSupport(FHIR),
        new SnapshotGeneratingValidationSupport(FHIR), unknown);
  }

  private static void load(Path folder, PrePopulatedValidationSupport loaded, List<StructureDefinition> profiles)
      throws IOException {
    for (Path file : Stream.concat(files(folder, ".json").stream(), files(folder, ".xml").stream()).toList()) {
      String text = Files.readString(file);
      if (!DEFINITION.matcher(text).find()) {
        continue;
      }
      IBaseResource resource = file.toString().endsWith(".xml")
          ? FHIR.newXmlParser().parseResource(text) : FHIR.newJsonParser().parseResource(text);
      if (resource instanceof MetadataResource known && known.hasUrl()) {
        loaded.addResource(known);
      }
      if (resource instanceof StructureDefinition profile
          && List.of("MedicationRequest", "ServiceRequest").contains(profile.getType())) {
        profiles.add(profile);
      }
    }
  }

  /** The type stands in the name of the file: an order that is wrong cannot always be parsed. */
  private static void validate(FhirValidator validator, Path file, List<StructureDefinition> profiles,
      Map<String, Integer> told) throws IOException {
    String order = Files.readString(file);
    count(validator.validateWithResult(order).getMessages(), "R4", told);
    for (StructureDefinition profile : profiles) {
      if (file.toString().endsWith("-" + profile.getType() + ".json")) {
        ValidationOptions options = new ValidationOptions().addProfile(profile.getUrl());
        count(validator.validateWithResult(order, options).getMessages(), profile.getName(), told);
      }
    }
  }

  private static void count(List<SingleValidationMessage> messages, String profile, Map<String, Integer> told) {
    for (SingleValidationMessage message : messages) {
      String line = String.join(" | ", message.getSeverity().name(), profile, message.getLocationString(),
          message.getMessage());
      told.merge(line, 1, Integer::sum);
    }
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
